import type { Logger } from '#libs/logging';
import type { JobQueues } from './job-queues.js';

/** Without Redis every connection fails every other second. One line in this time says as much. */
const quietMs = 30_000;

/** The failure of a cluster's last node says more than that no node could be used. */
const reasonOf = (error: Error & { readonly lastNodeError?: Error | null }): string =>
  error.lastNodeError?.message ?? error.message;

/**
 * Logs connection failures between this process and Redis: a refused password, an untrusted certificate, no server. Work
 * goes on from Postgres meanwhile, more slowly.
 */
export function warnOfRedisTrouble(
  queues: Pick<JobQueues, 'onTrouble'>,
  logger: Pick<Logger, 'warn'>,
  now: () => number = () => performance.now(),
): void {
  let quietUntil = -Infinity;
  queues.onTrouble((error) => {
    if (now() < quietUntil) return;
    quietUntil = now() + quietMs;
    logger.warn({ reason: reasonOf(error) }, 'Redis unreachable');
  });
}
