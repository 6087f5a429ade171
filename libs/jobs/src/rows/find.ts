import { rowsOf, type Database, type JobKind, type Transaction } from '#libs/database';
import { jobColumns, type Job, type JobOf } from '../job.js';
import { activeStates } from '../job-states.js';
import { inState } from './move-sql.js';

/** The job with this id, in any state. */
export async function findJob(database: Database, jobId: string): Promise<Job | null> {
  const [row] = await database.query<Job>(`SELECT ${jobColumns} FROM jobs WHERE jobs.id = $1`, [jobId]);
  return row ?? null;
}

/**
 * Finds and locks the voice's active job of a kind. Lock the voice first.
 *
 * @param jobId only this job; needed for speeches, of which a voice may have several
 */
export async function lockActiveJob<K extends JobKind>(
  tx: Transaction,
  voiceId: string,
  kind: K,
  jobId: string | null,
): Promise<JobOf<K> | null> {
  const [row] = await rowsOf<JobOf<K>>(
    tx,
    `SELECT ${jobColumns} FROM jobs
     WHERE jobs.voice_id = $1 AND jobs.kind = $2 AND ${inState(...activeStates)}
       AND ($3::uuid IS NULL OR jobs.id = $3) FOR UPDATE OF jobs`,
    [voiceId, kind, jobId],
  );
  return row ?? null;
}

/** Locks the job if this claim still owns it: the fence of every commit. Lock the voice first. */
export async function lockOwnedJob(tx: Transaction, job: Pick<Job, 'id' | 'generation'>): Promise<boolean> {
  const rows = await rowsOf(
    tx,
    `SELECT jobs.id FROM jobs WHERE jobs.id = $1 AND jobs.generation = $2 AND ${inState('running')} FOR UPDATE`,
    [job.id, job.generation],
  );
  return rows.length > 0;
}
