import { pino, type Logger } from 'pino';
import { BatchedOutput } from './batched-output.js';

export interface LoggingOptions {
  /** The process, as every line names it. */
  readonly app: string;
  readonly level: string;
  /** For machines or for people. */
  readonly format: 'json' | 'pretty';
}

/**
 * Creates the log of a process: one JSON object per line on standard output, or readable lines for people.
 *
 * Lines are written in batches, within 250 ms: a write per line would cost as much as the request that it logs. The rest
 * is written when the process exits, also through `process.exit` or an uncaught error.
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
