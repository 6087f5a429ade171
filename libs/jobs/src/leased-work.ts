import type { JobProgress } from '#libs/database';
import { LostClaim, type ClaimedJob } from './job-claim.js';
import { renewEveryMs } from './job-timing.js';
import type { JobsRepository } from './jobs.repository.js';

/** What a step gets besides its job. */
export interface Work {
  /** Aborted with `LostClaim` when the job was taken over or ended, or with the reason of the process to stop. */
  readonly signal: AbortSignal;
  /** Shown to whoever polls; written with the next renewal. */
  report(progress: JobProgress): void;
}

/**
 * Runs a step while its lease is kept alive.
 *
 * A renewal that finds the claim lost aborts the step. One that cannot reach Postgres does not: the step goes on, and the
 * fence of its commit decides.
 *
 * @param stopping aborted when the process has to end
 */
export async function withLease<T>(
  jobs: JobsRepository,
  job: ClaimedJob,
  stopping: AbortSignal,
  step: (work: Work) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  const signal = AbortSignal.any([lost.signal, stopping]);
  let progress: JobProgress | null = null;
  let renewing = false;

  const renew = async (): Promise<void> => {
    if (renewing) return;
    renewing = true;
    try {
      if (!(await jobs.renew(job, progress))) lost.abort(new LostClaim(job.id, job.generation));
    } catch {
      // Postgres is out of reach; the next renewal or the commit will tell.
    } finally {
      renewing = false;
    }
  };
  const timer = setInterval(() => void renew(), renewEveryMs);
  try {
    return await step({ signal, report: (now) => (progress = now) });
  } finally {
    clearInterval(timer);
  }
}
