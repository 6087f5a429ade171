/** States of a job: https://docs.runpod.io/serverless/endpoints/job-states */
export type JobStatus = 'IN_QUEUE' | 'IN_PROGRESS' | 'COMPLETED' | 'FAILED' | 'CANCELLED' | 'TIMED_OUT';

/**
 * Every move a job can make. Only /retry leads out of an end state, back into the queue.
 *
 * A job past its ttl makes no move: it is deleted, whatever its state.
 */
export const jobTransitions = {
  IN_QUEUE: ['IN_PROGRESS', 'CANCELLED'],
  IN_PROGRESS: ['COMPLETED', 'FAILED', 'CANCELLED', 'TIMED_OUT'],
  COMPLETED: [],
  FAILED: ['IN_QUEUE'],
  CANCELLED: [],
  TIMED_OUT: ['IN_QUEUE'],
} as const satisfies Readonly<Record<JobStatus, readonly JobStatus[]>>;

export function mayMove(from: JobStatus, to: JobStatus): boolean {
  return (jobTransitions[from] as readonly JobStatus[]).includes(to);
}

/** Has a job in this state ended? */
export function hasEnded(status: JobStatus): boolean {
  return status !== 'IN_QUEUE' && status !== 'IN_PROGRESS';
}
