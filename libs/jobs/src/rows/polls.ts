import type { Database, JobProgress } from '#libs/database';
import { notifyProgress } from '#libs/events';
import { jobColumns, type GpuJob } from '../job.js';
import { nudgeColumns, type Nudge } from './dispatch.js';
import { allowed, assignments, inState } from './move-sql.js';

/** A job that the caller polls now, and when its next poll is due. */
export type TakenPoll = GpuJob & { readonly nextPollMs: number };

/**
 * Takes the poll that is due and moves the time of the next one forward, so that one of many deliveries polls.
 *
 * @param delaysMs delay after the first poll, the second and so on; the last entry holds for all later ones
 * @returns null when none is due: another delivery took it, or the job does not wait any more
 */
export async function takePoll(
  database: Database,
  jobId: string,
  delaysMs: readonly number[],
): Promise<TakenPoll | null> {
  const nextMs = '($2::int[])[least(jobs.polls + 1, array_length($2::int[], 1))]';
  const [taken] = await database.query<TakenPoll>(
    `UPDATE jobs SET ${assignments('takePoll', { run_after: `now() + ${nextMs} * interval '1 millisecond'` })}
     WHERE jobs.id = $1 AND ${allowed('takePoll')}
     RETURNING ${jobColumns}, round(1000 * extract(epoch FROM jobs.run_after - now()))::int AS "nextPollMs"`,
    [jobId, delaysMs],
  );
  return taken ?? null;
}

/** A delivery that replaces one that came too early. */
export interface ResentPoll {
  readonly generation: number;
  readonly number: number;
  readonly delayMs: number;
}

/**
 * Takes a delivery that came before its poll was due, so that it can be sent again. Only the newest delivery of a job
 * counts, so that early ones do not multiply.
 *
 * @param number of the delivery
 * @returns null when the poll is due, or the delivery is not the newest
 */
export async function resendEarlyPoll(database: Database, jobId: string, number: number): Promise<ResentPoll | null> {
  const [row] = await database.query<ResentPoll>(
    `UPDATE jobs SET ${assignments('resendEarlyPoll', {})} WHERE jobs.id = $1 AND ${allowed('resendEarlyPoll')}
     RETURNING jobs.generation, jobs.nudges AS number,
       ceil(1000 * extract(epoch FROM jobs.run_after - now()))::int AS "delayMs"`,
    [jobId, number],
  );
  return row ?? null;
}

export interface OverdueOptions {
  readonly olderThanMs: number;
  /** A poll may be later than `olderThanMs` by this much for each job in flight. */
  readonly latePerJobMs: number;
  readonly limit: number;
}

/**
 * Takes polls that are overdue because their delayed delivery was lost. With many jobs in flight a poll is late because
 * others are before it. Sending it again would only make the queue longer.
 */
export function resendOverduePolls(database: Database, options: OverdueOptions): Promise<Nudge[]> {
  return database.query<Nudge>(
    `WITH late AS (
       SELECT now() - greatest($1, count(*) * $2::float8) * interval '1 millisecond' AS since
       FROM jobs WHERE ${inState('waiting')}
     )
     UPDATE jobs SET ${assignments('resendOverduePoll', {})} WHERE jobs.id IN (
       SELECT jobs.id FROM jobs, late
       WHERE ${allowed('resendOverduePoll')} AND jobs.run_after < late.since AND jobs.updated_at < late.since
       ORDER BY jobs.run_after LIMIT $3 FOR UPDATE OF jobs SKIP LOCKED)
     RETURNING ${nudgeColumns}, 1 AS rank`,
    [options.olderThanMs, options.latePerJobMs, options.limit],
  );
}

/** Stores the progress that /status reported for a GPU job, notifies of it, and stores that RunPod knows the job. */
export async function recordGpuProgress(
  database: Database,
  jobId: string,
  runpodJobId: string,
  progress: JobProgress,
): Promise<void> {
  await database.query(
    `WITH recorded AS (
       UPDATE jobs SET ${assignments('recordGpuProgress', { progress: '$3::jsonb' })}
       WHERE jobs.id = $1 AND ${allowed('recordGpuProgress')} RETURNING partner_id, voice_id
     ) SELECT ${notifyProgress} FROM recorded`,
    [jobId, runpodJobId, JSON.stringify(progress)],
  );
}

/** Records that /status answered 404. The time counts from the first such answer. */
export async function recordGpuMissing(database: Database, jobId: string, runpodJobId: string): Promise<void> {
  await database.query(
    `UPDATE jobs SET ${assignments('recordGpuMissing', {})} WHERE jobs.id = $1 AND ${allowed('recordGpuMissing')}`,
    [jobId, runpodJobId],
  );
}
