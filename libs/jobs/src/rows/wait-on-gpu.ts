import type { Database } from '#libs/database';
import type { GpuJob } from '../job.js';
import { allowed, assignments, milliseconds } from './move-sql.js';

/**
 * Lets a job wait on the GPU: no worker holds it, and polls watch it.
 *
 * @param runpodJobId null when the answer of POST /run was lost, or when the id is stored already
 * @returns the number of the delivery that polls first; null when the claim is lost
 */
export async function waitOnGpu(
  database: Database,
  job: GpuJob,
  runpodJobId: string | null,
  firstPollMs: number,
): Promise<number | null> {
  const given = { runpod_job_id: 'coalesce($3, jobs.runpod_job_id)', run_after: `now() + ${milliseconds('$4')}` };
  const [row] = await database.query<{ readonly nudges: number }>(
    `UPDATE jobs SET ${assignments('waitOnGpu', given)}
     WHERE jobs.id = $1 AND ${allowed('waitOnGpu')} RETURNING jobs.nudges`,
    [job.id, job.generation, runpodJobId, firstPollMs],
  );
  return row?.nudges ?? null;
}
