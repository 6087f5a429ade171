import type { Database, JobProgress } from '#libs/database';
import { LostClaim, type Job } from '../job.js';
import { renewEveryMs } from '../job-timing.js';
import { renewLease } from '../rows/renew.js';

/** What a step gets besides its job. */
export interface Work {
  /** Aborted with `LostClaim` when the job was taken over or has ended, or with the reason why the process stops. */
  readonly signal: AbortSignal;
  /** Reports progress to clients that poll the voice. It is written with the next renewal. */
  report(progress: JobProgress): void;
}

/**
 * Runs a step while its lease is renewed.
 *
 * A renewal that finds the claim lost aborts the step. If Postgres cannot be reached, the step goes on and the fence of
 * its commit decides.
 *
 * @param stopping aborted when the process has to end
 */
export async function withLease<T>(
  database: Database,
  job: Job,
  stopping: AbortSignal,
  step: (work: Work) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  const signal = AbortSignal.any([lost.signal, stopping]);
  let progress: JobProgress | null = null;
  let isRenewing = false;

  const renew = async (): Promise<void> => {
    if (isRenewing) return;
    isRenewing = true;
    const latest = progress;
    progress = null;
    try {
      if (!(await renewLease(database, job, latest))) lost.abort(new LostClaim(job));
    } catch {
      // Postgres cannot be reached. The next renewal or the commit decides.
      progress ??= latest;
    } finally {
      isRenewing = false;
    }
  };
  const timer = setInterval(() => void renew(), renewEveryMs);
  try {
    return await step({ signal, report: (latest) => (progress = latest) });
  } finally {
    clearInterval(timer);
  }
}
