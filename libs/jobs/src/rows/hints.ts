import type { Database, JobKind } from '#libs/database';
import { endedStates } from '../job-states.js';
import { allowed, assignments, inState } from './move-sql.js';

/** The delivery that a hint leads to. */
export interface TakenHint {
  readonly id: string;
  readonly generation: number;
  readonly nudges: number;
}

/**
 * Takes a webhook as a hint: the next poll is due now, and an unknown GPU job id becomes known.
 *
 * @returns the delivery to send; null when no waiting job has this token
 */
export async function takeHint(
  database: Database,
  hookToken: string,
  submittedGeneration: number,
  runpodJobId: string,
): Promise<TakenHint | null> {
  const [row] = await database.query<TakenHint>(
    `UPDATE jobs SET ${assignments('takeHint', { runpod_job_id: 'coalesce(jobs.runpod_job_id, $3)' })}
     WHERE jobs.hook_token = $1 AND ${allowed('takeHint')}
     RETURNING jobs.id, jobs.generation, jobs.nudges`,
    [hookToken, submittedGeneration, runpodJobId],
  );
  return row ?? null;
}

/** What a webhook is compared with. */
export interface HookedJob {
  readonly partnerId: string;
  readonly kind: JobKind;
  readonly endpoint: string | null;
  /** null while it is not known. */
  readonly runpodJobId: string | null;
  readonly submittedGeneration: number | null;
  readonly ended: boolean;
}

/** The submission of the job that has this webhook token, in any state. */
export async function findHookedJob(database: Database, hookToken: string): Promise<HookedJob | null> {
  const [row] = await database.query<HookedJob>(
    `SELECT jobs.partner_id AS "partnerId", jobs.kind, jobs.runpod_endpoint AS endpoint, jobs.runpod_job_id AS "runpodJobId",
       jobs.submitted_generation AS "submittedGeneration", ${inState(...endedStates)} AS ended
     FROM jobs WHERE jobs.hook_token = $1`,
    [hookToken],
  );
  return row ?? null;
}
