import { pino, type Logger } from 'pino';
import { BatchedOutput } from './batched-output.js';

export interface LoggingOptions {
  /** Which process writes, in every line. */
  readonly app: string;
  readonly level: string;
  /** Lines for machines or for people. */
  readonly format: 'json' | 'pretty';
}

/**
 * A process's log: one JSON object a line on standard output, or the same for people.
 *
 * Lines are handed to the system together, within a quarter of a second, or sooner when they are many: a write for each
 * would cost as much as the request it tells of. What is left is written when the process ends, also by `process.exit`
 * and by an error nobody caught.
 */
export function createLogger({ app, level, format }: LoggingOptions): Logger {
  const options = { level, base: { app, pid: process.pid } };
  if (format === 'json') return pino(options, new BatchedOutput(process.stdout.fd));
  const transport = {
    target: 'pino-pretty',
    options: {
      ignore: 'pid,hostname,app,req,res',
      messageFormat: '{msg}{if req} {req.method} {req.url}{end}{if res} {res.status}{end}',
      translateTime: 'HH:MM:ss',
      singleLine: true,
    },
  };
  return pino({ ...options, transport });
}
