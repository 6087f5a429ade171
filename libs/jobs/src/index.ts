export { DispatchRepository, type Nudge } from './dispatch.repository.js';
export { Dispatcher } from './dispatcher.js';
export { warnOfEviction } from './eviction-warning.js';
export { commitFenced } from './fenced-commit.js';
export { claimedColumns, jobLine, LostClaim, type ClaimedJob } from './job-claim.js';
export {
  deliveryNumber,
  JobQueues,
  queueNames,
  queueOptions,
  type Delivery,
  type DeliveryCounts,
  type JobPayload,
  type QueueName,
} from './job-queues.js';
export { leaseMs, maxAttempts, maxDeaths, renewEveryMs, retryDelayMs } from './job-timing.js';
export { JobsModule, type JobsModuleOptions } from './jobs.module.js';
export { JobsRepository, type NewJob } from './jobs.repository.js';
export { popOneAtATime } from './one-pop.js';
export { withLease, type Work } from './leased-work.js';
export { connectRedis, type RedisConnection } from './redis-connection.js';
export { warnOfRedisTrouble } from './redis-trouble.js';
