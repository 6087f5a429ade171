import type { Database, JobKind } from '#libs/database';
import { allowed, assignments, inState } from './move-sql.js';

/** A message for a queue: the job's id, and the numbers that make Bull's job id unique. */
export interface Nudge {
  readonly id: string;
  readonly kind: JobKind;
  readonly generation: number;
  readonly nudges: number;
  /**
   * 1 is the most urgent. A partner's nth job at hand has rank n, so that partners take turns. Background jobs have ranks
   * behind all that a partner's own jobs can have.
   */
  readonly rank: number;
}

export const nudgeColumns = 'jobs.id, jobs.kind, jobs.generation, jobs.nudges';

export interface DispatchOptions {
  readonly limit: number;
  /** Jobs of one partner and kind that are dispatched or running at a time, besides background jobs. */
  readonly maxActivePerPartner: number;
  /** Only this partner's jobs, for the fast path after a request; null: everybody's. */
  readonly partnerId: string | null;
}

/** Marks queued jobs as dispatched, taking turns between partners. Safe from many processes at once (SKIP LOCKED). */
export function takeForDispatch(database: Database, options: DispatchOptions): Promise<Nudge[]> {
  return database.query<Nudge>(
    `WITH at_hand AS (
       SELECT partner_id, kind, count(*) AS n FROM jobs
       WHERE (${inState('running')} OR (${inState('queued')} AND nudged_at IS NOT NULL)) AND NOT is_background
         AND ($2::uuid IS NULL OR partner_id = $2)
       GROUP BY partner_id, kind
     ), ranked AS (
       SELECT jobs.id, CASE WHEN jobs.is_background THEN $3::bigint ELSE coalesce(at_hand.n, 0) END
         + row_number() OVER (
             PARTITION BY jobs.partner_id, jobs.kind, jobs.is_background ORDER BY jobs.created_at, jobs.id
           ) AS rank
       FROM jobs LEFT JOIN at_hand USING (partner_id, kind)
       WHERE ${allowed('dispatch')} AND ($2::uuid IS NULL OR jobs.partner_id = $2)
     ), chosen AS (
       SELECT jobs.id, ranked.rank FROM jobs JOIN ranked USING (id)
       WHERE (jobs.is_background OR ranked.rank <= $3) AND ${allowed('dispatch')}
       ORDER BY ranked.rank, jobs.created_at LIMIT $1 FOR UPDATE OF jobs SKIP LOCKED
     )
     UPDATE jobs SET ${assignments('dispatch', {})} FROM chosen WHERE jobs.id = chosen.id
     RETURNING ${nudgeColumns}, chosen.rank::int AS rank`,
    [options.limit, options.partnerId, options.maxActivePerPartner],
  );
}

/** Queued jobs whose nudge was sent a while ago and led to no claim: it is lost, or still waits in its queue. */
export function findQuietNudges(database: Database, olderThanMs: number, limit: number): Promise<Nudge[]> {
  return database.query<Nudge>(
    `SELECT ${nudgeColumns}, 1 AS rank FROM jobs
     WHERE ${inState('queued')} AND nudged_at < now() - $1 * interval '1 millisecond'
     ORDER BY nudged_at LIMIT $2`,
    [olderThanMs, limit],
  );
}

/** Lets a job whose nudge was lost be dispatched again, unless its row has changed since. */
export async function undoDispatch(database: Database, nudge: Nudge): Promise<void> {
  await database.query(
    `UPDATE jobs SET ${assignments('undoDispatch', {})} WHERE jobs.id = $1 AND ${allowed('undoDispatch')}`,
    [nudge.id, nudge.generation, nudge.nudges],
  );
}
