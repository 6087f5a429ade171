import { pino, type Logger } from 'pino';

export interface LoggingOptions {
  /** Which process writes, in every line. */
  readonly app: string;
  readonly level: string;
  /** Lines for machines or for people. */
  readonly format: 'json' | 'pretty';
}

/** A process's log: one JSON object a line on standard output, or the same for people. */
export function createLogger({ app, level, format }: LoggingOptions): Logger {
  return pino({
    level,
    base: { app, pid: process.pid },
    ...(format === 'pretty'
      ? {
          transport: {
            target: 'pino-pretty',
            options: { ignore: 'pid,hostname,app', translateTime: 'HH:MM:ss', singleLine: true },
          },
        }
      : {}),
  });
}
