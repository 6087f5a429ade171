import type { Logger } from '#libs/logging';
import type { JobQueues } from './job-queues.js';

/**
 * Warns once Redis is connected if a server may evict queue entries when its memory is full. Nothing is lost then, because
 * Postgres is the truth, but jobs wait until recovery misses their delivery.
 */
export function warnOfEviction(queues: Pick<JobQueues, 'evictionPolicies'>, logger: Pick<Logger, 'warn'>): void {
  const warn = (policies: readonly string[]): void => {
    for (const policy of new Set(policies)) {
      if (policy === 'noeviction') continue;
      logger.warn({ policy }, 'Redis may evict queue entries: set maxmemory-policy to noeviction');
    }
  };
  void queues.evictionPolicies().then(warn, () => undefined);
}
