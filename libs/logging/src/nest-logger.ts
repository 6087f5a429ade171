import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** Writes Nest's log lines with pino. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: readonly unknown[]): void {
    // Nest logs every route and module that it sets up, which helps only to debug a start.
    this.logger.debug(lineOf(rest), String(message));
  }

  error(message: unknown, ...rest: readonly unknown[]): void {
    if (message instanceof Error) this.logger.error({ ...lineOf(rest), err: message }, message.message);
    else this.logger.error(lineOf(rest), String(message));
  }

  warn(message: unknown, ...rest: readonly unknown[]): void {
    this.logger.warn(lineOf(rest), String(message));
  }

  debug(message: unknown, ...rest: readonly unknown[]): void {
    this.logger.debug(lineOf(rest), String(message));
  }

  verbose(message: unknown, ...rest: readonly unknown[]): void {
    this.logger.trace(lineOf(rest), String(message));
  }

  fatal(message: unknown, ...rest: readonly unknown[]): void {
    this.logger.fatal(lineOf(rest), String(message));
  }
}

/** Nest passes the context as the last parameter, after an optional stack. */
function lineOf(rest: readonly unknown[]): object {
  const texts = rest.filter((part) => typeof part === 'string');
  return { context: texts.at(-1), ...(texts.length > 1 && { stack: texts[0] }) };
}
