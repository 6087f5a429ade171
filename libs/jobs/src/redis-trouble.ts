import type { Logger } from '#libs/logging';
import type { JobQueues } from './job-queues.js';

/** While Redis is away every connection says so every other second: one line in this time tells as much. */
const quietMs = 30_000;

/** Why the last node of a cluster could not be used says more than that none could. */
const reasonOf = (error: Error & { readonly lastNodeError?: Error | null }): string =>
  error.lastNodeError?.message ?? error.message;

/**
 * Writes what goes wrong between this process and Redis: a refused password, a certificate nobody here trusts, nobody
 * there. Work goes on from Postgres meanwhile, slower.
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
    logger.warn({ reason: reasonOf(error) }, 'Redis is not to be reached, or not usable');
  });
}
