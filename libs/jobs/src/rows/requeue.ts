import type { Database } from '#libs/database';
import type { Job } from '../job.js';
import { allowed, assignments, milliseconds } from './move-sql.js';

/** How an unfinished job goes back to the queue. */
export interface Requeue {
  /** 0: at once, as when the process stops. */
  readonly afterMs: number;
  /** Whether the job's own work failed, which counts as an attempt. */
  readonly failed: boolean;
}

/** Puts an unfinished job back into the queue. @returns false when the claim is lost: nothing has changed */
export async function requeueJob(database: Database, job: Job, { afterMs, failed }: Requeue): Promise<boolean> {
  const given = {
    attempts: 'jobs.attempts + CASE WHEN $4 THEN 1 ELSE 0 END',
    run_after: `now() + ${milliseconds('$3')}`,
  };
  const rows = await database.query(
    `UPDATE jobs SET ${assignments('requeue', given)} WHERE jobs.id = $1 AND ${allowed('requeue')} RETURNING jobs.id`,
    [job.id, job.generation, afterMs, failed],
  );
  return rows.length > 0;
}
