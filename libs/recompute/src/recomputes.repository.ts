import { Injectable } from '@nestjs/common';
import { Database, type RecomputeState } from '#libs/database';

/** A recompute, and how far it has come. The five counts add up to `voices`. */
export interface Recompute {
  readonly id: string;
  readonly ttsType: string;
  readonly engineOlderThan: string | null;
  /** Name of the partner; null: all partners. */
  readonly partner: string | null;
  readonly state: RecomputeState;
  readonly voices: number;
  readonly waiting: number;
  readonly running: number;
  readonly done: number;
  readonly failed: number;
  readonly skipped: number;
  /** Average since its start; null until the first voice has ended. */
  readonly voicesPerHour: number | null;
  /** When it will be finished at this rate; null if the rate is not known, or if it has finished. */
  readonly finishesAt: Date | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

/** The largest number of recomputes in a list. */
export const maxListedRecomputes = 100;

/** A date that clients can read has a year of four digits: nothing is forecast further ahead than about 90 years. */
const furthestSeconds = 3e9;

/** A voice that was skipped took no time, so only the others make the rate. */
const select = `SELECT r.id, r.tts_type AS "ttsType", r.engine_older_than AS "engineOlderThan", p.name AS partner, r.state,
    r.voices, work.waiting, work.running, r.done, r.failed, r.skipped,
    r.created_at AS "createdAt", r.finished_at AS "finishedAt", 3600 * rate."perSecond" AS "voicesPerHour",
    CASE WHEN r.finished_at IS NULL AND rate."perSecond" > 0
      THEN now() + least((work.waiting + work.running) / rate."perSecond", ${furthestSeconds}) * interval '1 second'
    END AS "finishesAt"
  FROM recomputes r
  LEFT JOIN partners p ON p.id = r.partner_id
  CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE job_id IS NULL)::int AS waiting, count(job_id)::int AS running
    FROM recompute_voices WHERE recompute_id = r.id
  ) work
  CROSS JOIN LATERAL (
    SELECT nullif(r.done + r.failed, 0)
      / nullif(extract(epoch FROM coalesce(r.finished_at, now()) - r.created_at)::float8, 0) AS "perSecond"
  ) rate`;

/** Reads recomputes. */
@Injectable()
export class RecomputesRepository {
  constructor(private readonly database: Database) {}

  async find(id: string): Promise<Recompute | null> {
    const [found] = await this.database.query<Recompute>(`${select} WHERE r.id = $1`, [id]);
    return found ?? null;
  }

  /** Returns the newest recomputes, newest first. */
  list(): Promise<Recompute[]> {
    return this.database.query<Recompute>(`${select} ORDER BY r.created_at DESC, r.id LIMIT $1`, [maxListedRecomputes]);
  }
}
