import type { EmulatedJob } from './job.js';
import type { JobStatus } from './job-status.js';

/** The `jobs` field of GET /health. */
export interface JobCounts {
  readonly completed: number;
  readonly failed: number;
  readonly inProgress: number;
  readonly inQueue: number;
  readonly retried: number;
}

export function endpointHealth(jobs: readonly EmulatedJob[], endpoint: string): JobCounts {
  const own = jobs.filter((job) => job.endpoint === endpoint && job.request !== null);
  const count = (...states: JobStatus[]): number => own.filter(({ status }) => states.includes(status)).length;
  return {
    completed: count('COMPLETED'),
    failed: count('FAILED', 'TIMED_OUT'),
    inProgress: count('IN_PROGRESS'),
    inQueue: count('IN_QUEUE'),
    retried: own.reduce((sum, { retries }) => sum + retries, 0),
  };
}
