import { Injectable } from '@nestjs/common';
import { Database, type JobKind, type JobState } from '#libs/database';

/** The jobs of one kind in one state. */
export interface JobsAtHand {
  readonly kind: JobKind;
  readonly state: JobState;
  readonly count: number;
  /** Most deaths that one of them has seen since its last progress. */
  readonly mostDeaths: number;
  /** Seconds since the first of them was due. */
  readonly oldestDueSeconds: number;
}

/** Objects that must go and are not gone. */
export interface RemovalsDue {
  readonly count: number;
  /** Those that could not be removed at the first try. */
  readonly stuck: number;
  readonly oldestSeconds: number;
}

/** Voices on the work lists of recomputes. */
export interface VoicesToRecompute {
  readonly waiting: number;
  readonly running: number;
}

/** How much there is to do, as Postgres knows it. All look at rows of partial indexes: what has ended costs nothing. */
@Injectable()
export class WorkAtHandRepository {
  constructor(private readonly database: Database) {}

  jobs(): Promise<JobsAtHand[]> {
    return this.database.query(
      `SELECT kind, state, count(*)::int AS count, max(deaths) AS "mostDeaths",
         greatest(0, extract(epoch FROM now() - min(run_after)))::float8 AS "oldestDueSeconds"
       FROM jobs WHERE state IN ('queued', 'running', 'waiting') GROUP BY kind, state`,
    );
  }

  async recomputes(): Promise<VoicesToRecompute> {
    const [row] = await this.database.query<VoicesToRecompute>(
      `SELECT count(*) FILTER (WHERE job_id IS NULL)::int AS waiting, count(job_id)::int AS running
       FROM recompute_voices`,
    );
    return row ?? { waiting: 0, running: 0 };
  }

  async removals(): Promise<RemovalsDue> {
    const [row] = await this.database.query<RemovalsDue>(
      `SELECT count(*)::int AS count, count(*) FILTER (WHERE tries > 1)::int AS stuck,
         coalesce(extract(epoch FROM now() - min(due_at)), 0)::float8 AS "oldestSeconds"
       FROM object_removals WHERE due_at <= now()`,
    );
    return row ?? { count: 0, stuck: 0, oldestSeconds: 0 };
  }
}
