import type { Database, JobKind } from '#libs/database';
import { maxDeaths } from './job-timing.js';

/** What is put on a queue for a job: its id, and what makes the Bull job's id new. */
export interface Nudge {
  readonly id: string;
  readonly kind: JobKind;
  readonly generation: number;
  readonly nudges: number;
  /** 1 is the most urgent: a partner's n-th job at hand has rank n, so partners take turns. */
  readonly rank: number;
}

const nudgeColumns = `jobs.id, jobs.kind, jobs.generation, jobs.nudges`;

/** Which rows are to be put on the queues: the outbox side of the jobs table. */
export class DispatchRepository {
  constructor(
    private readonly database: Database,
    private readonly maxActivePerPartner: number,
  ) {}

  /**
   * Marks queued rows as sent, taking turns between partners, at most `maxActivePerPartner` of each and of each kind at
   * hand with the workers. Safe from many processes at once (SKIP LOCKED).
   *
   * @param partnerId only this partner's rows, for the fast path after a request
   */
  take(limit: number, partnerId: string | null = null): Promise<Nudge[]> {
    return this.database.query<Nudge>(
      `WITH at_hand AS (
         SELECT partner_id, kind, count(*) AS n FROM jobs
         WHERE (state = 'running' OR (state = 'queued' AND nudged_at IS NOT NULL))
           AND ($2::uuid IS NULL OR partner_id = $2)
         GROUP BY partner_id, kind
       ), ranked AS (
         SELECT jobs.id, coalesce(at_hand.n, 0)
           + row_number() OVER (PARTITION BY jobs.partner_id, jobs.kind ORDER BY jobs.created_at, jobs.id) AS rank
         FROM jobs LEFT JOIN at_hand USING (partner_id, kind)
         WHERE jobs.state = 'queued' AND jobs.nudged_at IS NULL AND jobs.run_after <= now()
           AND ($2::uuid IS NULL OR jobs.partner_id = $2)
       ), chosen AS (
         SELECT jobs.id, ranked.rank FROM jobs JOIN ranked USING (id)
         WHERE ranked.rank <= $3 AND jobs.state = 'queued' AND jobs.nudged_at IS NULL
         ORDER BY ranked.rank, jobs.created_at LIMIT $1 FOR UPDATE OF jobs SKIP LOCKED
       )
       UPDATE jobs SET nudged_at = now(), nudges = nudges + 1 FROM chosen WHERE jobs.id = chosen.id
       RETURNING ${nudgeColumns}, chosen.rank::int AS rank`,
      [limit, partnerId, this.maxActivePerPartner],
    );
  }

  /** Queued rows whose nudge was sent a while ago and brought no claim: it may be lost, or only wait its turn. */
  quiet(olderThanMs: number, limit: number): Promise<Nudge[]> {
    return this.database.query<Nudge>(
      `SELECT ${nudgeColumns}, 1 AS rank FROM jobs
       WHERE state = 'queued' AND nudged_at < now() - $1 * interval '1 millisecond'
       ORDER BY nudged_at LIMIT $2`,
      [olderThanMs, limit],
    );
  }

  /** A nudge was lost: the row waits to be dispatched again, unless something happened to it since. */
  async unsend(nudge: Nudge): Promise<void> {
    await this.database.query(
      `UPDATE jobs SET nudged_at = NULL WHERE id = $1 AND nudges = $2 AND generation = $3 AND state = 'queued'`,
      [nudge.id, nudge.nudges, nudge.generation],
    );
  }

  /** Jobs whose owner is gone go back to the queue, one death richer. */
  reviveExpired(): Promise<{ readonly id: string; readonly kind: JobKind }[]> {
    return this.database.query(
      `UPDATE jobs SET state = 'queued', leased_until = NULL, nudged_at = NULL, deaths = deaths + 1, updated_at = now()
       WHERE state = 'running' AND leased_until < now() RETURNING id, kind`,
    );
  }

  /** Queued jobs that took too many workers with them. */
  hopeless(): Promise<{ readonly id: string; readonly voiceId: string; readonly kind: JobKind }[]> {
    return this.database.query(
      `SELECT id, voice_id AS "voiceId", kind FROM jobs WHERE state = 'queued' AND deaths >= $1`,
      [maxDeaths],
    );
  }

  /**
   * Jobs on the GPU whose next poll is overdue: their delayed delivery was lost. Where many are in flight a poll is late
   * because others are before it; sending it again would only make the queue longer.
   *
   * @param latePerJobMs how much later than `olderThanMs` a poll may be, at least, for each job in flight
   */
  overduePolls(olderThanMs: number, latePerJobMs: number, limit: number): Promise<Nudge[]> {
    return this.database.query<Nudge>(
      `WITH late AS (
         SELECT now() - greatest($1, count(*) * $2::float8) * interval '1 millisecond' AS since
         FROM jobs WHERE state = 'waiting'
       )
       UPDATE jobs SET nudges = nudges + 1, updated_at = now() WHERE id IN (
         SELECT id FROM jobs, late WHERE state = 'waiting' AND run_after < late.since AND updated_at < late.since
         ORDER BY run_after LIMIT $3 FOR UPDATE OF jobs SKIP LOCKED)
       RETURNING ${nudgeColumns}, 1 AS rank`,
      [olderThanMs, latePerJobMs, limit],
    );
  }
}
