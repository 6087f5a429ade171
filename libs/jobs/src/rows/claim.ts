import type { Database } from '#libs/database';
import { jobColumns, type GpuJob, type Job } from '../job.js';
import { allowed, assignments } from './move-sql.js';

/** Whether the claim took the job over from a worker whose lease had expired. */
export interface TakenOver {
  readonly isTakenOver: boolean;
}

/**
 * Claims a job: starts a new generation and a lease. A live lease is respected. Taking over an expired one counts as a
 * death.
 *
 * @returns null when there is nothing to claim: the job has ended, is owned, waits on the GPU or is not due yet
 */
export async function claimJob(database: Database, jobId: string): Promise<(Job & TakenOver) | null> {
  const deaths = 'jobs.deaths + CASE WHEN before.is_running THEN 1 ELSE 0 END';
  const [claimed] = await database.query<Job & TakenOver>(
    `UPDATE jobs SET ${assignments('claim', { deaths })}
     FROM (
       SELECT before.id, before.leased_until IS NOT NULL AS is_running FROM jobs before WHERE before.id = $1 FOR UPDATE
     ) before
     WHERE jobs.id = before.id AND ${allowed('claim')}
     RETURNING ${jobColumns}, before.is_running AS "isTakenOver"`,
    [jobId],
  );
  return claimed ?? null;
}

/** Claims a job that waits on the GPU, to collect its results. @returns null when it does not wait any more */
export async function claimToCollect(database: Database, jobId: string): Promise<GpuJob | null> {
  const [claimed] = await database.query<GpuJob>(
    `UPDATE jobs SET ${assignments('collect', {})} WHERE jobs.id = $1 AND ${allowed('collect')} RETURNING ${jobColumns}`,
    [jobId],
  );
  return claimed ?? null;
}
