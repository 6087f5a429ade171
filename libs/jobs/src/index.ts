/**
 * The job engine: Postgres rows are the truth, Bull queues only say which row to look at.
 *
 * - **job**: a row of `jobs`: one piece of work for one voice, a split, an embedding, a speech or an import, and all that
 *   is known of it.
 * - **generation**: the number of claims so far. It fences commits and names the folder that a claim's objects go to.
 * - **claim**: a worker takes a job: a new generation and a lease. Only a claim runs a step.
 * - **lease**: how long a claim holds without renewal (10 s). The job of an expired lease is claimed again.
 * - **delivery**: a message on a Bull queue with a job's id. It may be late, lost or repeated, and then changes nothing.
 * - **nudge**: the delivery that the dispatcher sends for a queued job.
 * - **poll**: a delayed delivery that makes a worker ask RunPod for the status of a waiting job.
 * - **hint**: a webhook of the GPU side; it makes the next poll due at once. The truth is then read from /status.
 * - **attempt**: a run that failed in a way that may pass. After eight of them the job fails.
 * - **death**: a lease that expired. After eight in a row without progress the job fails.
 *
 * `job-states.ts` lists every move of a row; `rows/` has the SQL, `queues/` Bull and Redis, `engine/` what connects them.
 */
export { Dispatcher } from './engine/dispatcher.js';
export { endActive, type ActiveJobRef } from './engine/end-active.js';
export { commitFenced } from './engine/fenced-commit.js';
export { withLease, type Work } from './engine/lease.js';
export { Recovery } from './engine/recovery.js';
export {
  jobLogFields,
  jobStages,
  LostClaim,
  type EmbedJob,
  type GpuJob,
  type ImportJob,
  type Job,
  type JobFailure,
  type JobOf,
  type SpeakJob,
  type SplitJob,
} from './job.js';
export { activeStates, jobStates } from './job-states.js';
export { maxAttempts, maxDeaths, retryDelayMs } from './job-timing.js';
export { JobsModule } from './jobs.module.js';
export { warnOfEviction } from './queues/eviction-warning.js';
export { deliveryNumber, JobQueues, type JobPayload } from './queues/job-queues.js';
export { popOneAtATime } from './queues/one-pop.js';
export { queueNames, queueOptions, type QueueName } from './queues/queue-options.js';
export { connectRedis, type RedisConnection } from './queues/redis-connection.js';
export { warnOfRedisTrouble } from './queues/redis-trouble.js';
export { claimJob, claimToCollect } from './rows/claim.js';
export { findJob } from './rows/find.js';
export { advanceJob, completeJob, failJob } from './rows/finish.js';
export { forgetEndedJobs } from './rows/forget.js';
export {
  cancelGpuJobs,
  cancelUnlessAwaited,
  deleteCancellation,
  listCancellations,
  requestCancellation,
  type AcceptedGpuJob,
} from './rows/gpu-cancellations.js';
export { findHookedJob, takeHint, type HookedJob } from './rows/hints.js';
export { insertJob } from './rows/insert.js';
export { recordGpuMissing, recordGpuProgress, resendEarlyPoll, takePoll } from './rows/polls.js';
export { requeueJob } from './rows/requeue.js';
export { findHopeless } from './rows/revive.js';
export { postponeSubmission, startSubmission, submitAgain, undoSubmission } from './rows/submission.js';
export { waitOnGpu } from './rows/wait-on-gpu.js';
