/** States of a job (https://docs.runpod.io/serverless/endpoints/job-states). */
export type JobStatus = 'IN_QUEUE' | 'IN_PROGRESS' | 'COMPLETED' | 'FAILED' | 'CANCELLED' | 'TIMED_OUT';

/**
 * All transitions of a job. Only /retry leaves an end state, back into the queue. A worker that dies gives its job back.
 *
 * A job past its ttl is deleted from any state, which is no transition.
 */
export const jobTransitions = {
  IN_QUEUE: ['IN_PROGRESS', 'CANCELLED'],
  IN_PROGRESS: ['COMPLETED', 'FAILED', 'CANCELLED', 'TIMED_OUT', 'IN_QUEUE'],
  COMPLETED: [],
  FAILED: ['IN_QUEUE'],
  CANCELLED: [],
  TIMED_OUT: ['IN_QUEUE'],
} as const satisfies Readonly<Record<JobStatus, readonly JobStatus[]>>;

export function mayMove(from: JobStatus, to: JobStatus): boolean {
  return (jobTransitions[from] as readonly JobStatus[]).includes(to);
}

/** True for an end state. */
export function hasEnded(status: JobStatus): boolean {
  return status !== 'IN_QUEUE' && status !== 'IN_PROGRESS';
}
