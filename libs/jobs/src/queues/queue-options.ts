import type { QueueOptions, RateLimiter } from 'bull';

/** One Bull queue for each kind of delivery, because named handlers on one queue would add up their concurrency. */
export const queueNames = ['splitting', 'embedding-submit', 'embedding-poll', 'embedding-hint'] as const;
export type QueueName = (typeof queueNames)[number];

/**
 * Bull's options for every queue.
 *
 * With a lock of 10 s and a stalled check every 5 s, a killed worker's delivery comes again within 15 s; Bull's defaults
 * need 59 s. The row counts deaths, so Bull never gives up. The braces in the prefix keep a queue in one slot of a Redis
 * Cluster.
 *
 * A half-open connection is given up 12 s after a command without an answer, because Redis answers even Bull's longest
 * wait (BRPOPLPUSH) every 5 s. Reconnects are at most 2 s apart; Bull's default grows to 20 s. Commands wait as long as
 * that takes, because the commands of Bull's start are sent once and must not fail.
 */
export const queueOptions = {
  prefix: '{timbre}',
  redis: {
    socketTimeout: 12_000,
    maxRetriesPerRequest: null,
    connectTimeout: 5_000,
    retryStrategy: (tries: number) => Math.min(tries * 200, 2_000),
  },
  settings: { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 1_000_000 },
  defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
} as const satisfies QueueOptions;

/**
 * Polls per second over all workers: 100 together, half of what RunPod allows one endpoint. Bull counts them in Redis.
 *
 * Bull puts deliveries over the limit behind all that wait already, whatever their priority. Polls that a webhook asks for
 * therefore have their own queue and share: with ten thousand jobs in flight they would wait minutes behind polls that
 * find nothing.
 */
export const pollLimits = {
  'embedding-poll': { max: 75, duration: 1_000 },
  'embedding-hint': { max: 25, duration: 1_000 },
} as const satisfies Partial<Record<QueueName, RateLimiter>>;

/** The registration of a queue with Nest. */
export function queueSettings(name: QueueName): { readonly name: QueueName; readonly limiter?: RateLimiter } {
  const limits: Partial<Record<QueueName, RateLimiter>> = pollLimits;
  const limiter = limits[name];
  return { name, ...(limiter && { limiter }) };
}
