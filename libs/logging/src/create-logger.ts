import { destination, pino, type Logger } from 'pino';

export interface LoggingOptions {
  /** Which process writes, in every line. */
  readonly app: string;
  readonly level: string;
  /** Lines for machines or for people. */
  readonly format: 'json' | 'pretty';
}

/** Lines that nobody reads (a log collector that hangs) are kept up to this size, then dropped: work goes on. */
const mostUnreadBytes = 16 * 1024 ** 2;

/**
 * A process's log: one JSON object a line on standard output, or the same for people.
 *
 * A line is handed to the system at once, unless one is on its way: then it goes with those that came meanwhile. What is
 * left is written when the process ends, also by `process.exit`.
 */
export function createLogger({ app, level, format }: LoggingOptions): Logger {
  const options = { level, base: { app, pid: process.pid } };
  if (format === 'json') return pino(options, destination({ sync: false, maxLength: mostUnreadBytes }));
  const transport = {
    target: 'pino-pretty',
    options: { ignore: 'pid,hostname,app', translateTime: 'HH:MM:ss', singleLine: true },
  };
  return pino({ ...options, transport });
}
