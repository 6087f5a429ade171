import type { Logger } from '#libs/logging';
import type { JobQueues } from './job-queues.js';

/**
 * Says so, once Redis is there, if it may drop queue entries when its memory is full. Nothing is lost then (Postgres is
 * the truth), but jobs wait until the dispatcher misses their delivery.
 */
export function warnOfEviction(queues: Pick<JobQueues, 'evictionPolicy'>, logger: Pick<Logger, 'warn'>): void {
  const warn = (policy: string | null): void => {
    if (policy === null || policy === 'noeviction') return;
    logger.warn({ policy }, 'Redis may evict queue entries: set maxmemory-policy to noeviction');
  };
  void queues.evictionPolicy().then(warn, () => undefined);
}
