import type { Database, JobProgress } from '#libs/database';
import { notifyProgress } from '#libs/events';
import type { Job } from '../job.js';
import { allowed, assignments } from './move-sql.js';

/**
 * Renews the lease of a claim and stores its progress, of which streams of events are notified.
 *
 * @param progress null keeps the stored one
 * @returns false when the claim is lost
 */
export async function renewLease(database: Database, job: Job, progress: JobProgress | null): Promise<boolean> {
  const rows = await database.query(
    `WITH renewed AS (
       UPDATE jobs SET ${assignments('renew', { progress: 'coalesce($3::jsonb, jobs.progress)' })}
       WHERE jobs.id = $1 AND ${allowed('renew')} RETURNING partner_id, voice_id
     ) SELECT CASE WHEN $3::jsonb IS NOT NULL THEN ${notifyProgress} END FROM renewed`,
    [job.id, job.generation, progress === null ? null : JSON.stringify(progress)],
  );
  return rows.length > 0;
}
