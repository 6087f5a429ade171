import type { Database, JobKind } from '#libs/database';
import { maxDeaths } from '../job-timing.js';
import { allowed, assignments, inState } from './move-sql.js';

/** Puts jobs whose lease expired back into the queue and counts a death for each. */
export function reviveExpired(database: Database): Promise<{ readonly id: string; readonly kind: JobKind }[]> {
  return database.query(
    `UPDATE jobs SET ${assignments('revive', {})} WHERE ${allowed('revive')} RETURNING jobs.id, jobs.kind`,
  );
}

/** A job that too many workers died over. */
export interface HopelessJob {
  readonly id: string;
  readonly voiceId: string;
  readonly kind: JobKind;
}

/** Queued jobs that have reached the maximum number of deaths. */
export function findHopeless(database: Database): Promise<HopelessJob[]> {
  return database.query(
    `SELECT jobs.id, jobs.voice_id AS "voiceId", jobs.kind FROM jobs WHERE ${inState('queued')} AND jobs.deaths >= $1`,
    [maxDeaths],
  );
}
