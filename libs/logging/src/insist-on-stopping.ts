import type { Logger } from 'pino';

/** After the grace period: for connections to be closed. */
const closingMs = 3_000;

/**
 * Ends this process when its orderly end takes too long: what waits for a Redis or a Postgres that is gone never
 * settles. By then work has been finished or handed back, or its lease runs out.
 *
 * What is rejected unheard from here on does not end it early: Bull's close makes a new connection that nobody waits
 * for, which fails when Redis is gone.
 */
export function insistOnStopping(graceSeconds: number, logger: Logger): void {
  const insist = (): never => {
    logger.warn('ended before all connections were closed');
    process.exit(0);
  };
  process.on('unhandledRejection', (reason) => logger.warn({ err: reason }, 'failed while stopping'));
  setTimeout(insist, graceSeconds * 1000 + closingMs).unref();
}
