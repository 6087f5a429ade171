import { pino, type Logger } from 'pino';
import type { Config } from '#libs/config';

/** The process's log: JSON lines for machines, or lines for people. */
export function createLogger(config: Pick<Config, 'logLevel' | 'logFormat'>): Logger {
  return pino({
    name: 'api',
    level: config.logLevel,
    ...(config.logFormat === 'pretty' && {
      transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' } },
    }),
  });
}
