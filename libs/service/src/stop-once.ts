import type { Logger } from '#libs/logging';

/** Time to close connections after the grace period. */
const closingMs = 3_000;

export interface StopRequest {
  readonly reason: 'SIGTERM' | 'SIGINT' | 'parent process gone';
  /** A SIGTERM comes from an orchestrator, and a proxy may still send requests. The other reasons leave nothing to wait for. */
  readonly isOrchestrated: boolean;
}

/** Calls `stop` once: at the first SIGTERM or SIGINT, or when the parent process is gone. Later requests are ignored. */
export function stopOnce(stop: (request: StopRequest) => void): void {
  let isStopping = false;
  const request = (reason: StopRequest['reason']) => (): void => {
    if (isStopping) return;
    isStopping = true;
    stop({ reason, isOrchestrated: reason === 'SIGTERM' });
  };
  process.on('SIGTERM', request('SIGTERM'));
  process.on('SIGINT', request('SIGINT'));
  process.on('disconnect', request('parent process gone'));
}

/**
 * Ends this process when an orderly shutdown takes too long. A wait for a Redis or a Postgres that is gone never settles.
 * By then work has been finished or handed back, or its lease runs out.
 *
 * An unhandled rejection does not end the process before that: Bull's close opens a connection that nobody awaits, and it
 * fails when Redis is gone.
 */
export function exitAfter(graceSeconds: number, logger: Logger): void {
  process.on('unhandledRejection', (reason) => logger.warn({ err: reason }, 'error during shutdown'));
  setTimeout(
    () => {
      logger.warn('shutdown timed out, connections left open');
      process.exit(0);
    },
    graceSeconds * 1000 + closingMs,
  ).unref();
}
