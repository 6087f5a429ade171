import type { Database } from '#libs/database';
import type { GpuJob } from '../job.js';
import { allowed, assignments, milliseconds } from './move-sql.js';

/** What is stored before POST /run is sent, so that a death in between is known as "outcome unknown". */
export interface Submission {
  readonly endpoint: string;
  readonly hookToken: string;
  readonly deadlineSeconds: number;
}

/** Why and for how long a submission is put off. */
export interface Delay {
  readonly afterMs: number;
  /** What the job waits for, in one sentence for operators. */
  readonly why: string;
}

const runAfter = `now() + ${milliseconds('$3')}`;
/** The deadline counts from the first try; later tries keep it. */
const deadline = `coalesce(jobs.deadline, now() + $5::float8 * interval '1 second')`;

/** Records that POST /run is about to be sent. @returns false when the claim is lost: do not send */
export async function startSubmission(database: Database, job: GpuJob, submission: Submission): Promise<boolean> {
  const given = { runpod_endpoint: '$3', hook_token: 'coalesce(jobs.hook_token, $4)', deadline };
  const rows = await database.query(
    `UPDATE jobs SET ${assignments('startSubmission', given)}
     WHERE jobs.id = $1 AND ${allowed('startSubmission')} RETURNING jobs.id`,
    [job.id, job.generation, submission.endpoint, submission.hookToken, submission.deadlineSeconds],
  );
  return rows.length > 0;
}

/** Takes a submission back that certainly did not arrive or was refused. The job is submitted again after the delay. */
export async function undoSubmission(database: Database, job: GpuJob, { afterMs, why }: Delay): Promise<void> {
  const set = assignments('undoSubmission', { error: '$4', run_after: runAfter });
  await database.query(`UPDATE jobs SET ${set} WHERE jobs.id = $1 AND ${allowed('undoSubmission')}`, [
    job.id,
    job.generation,
    afterMs,
    why,
  ]);
}

/** Puts off a submission that was not tried, because others failed. Its deadline starts now at the latest. */
export async function postponeSubmission(
  database: Database,
  job: GpuJob,
  { afterMs, why }: Delay,
  deadlineSeconds: number,
): Promise<void> {
  const set = assignments('postponeSubmission', { error: '$4', deadline, run_after: runAfter });
  await database.query(`UPDATE jobs SET ${set} WHERE jobs.id = $1 AND ${allowed('postponeSubmission')}`, [
    job.id,
    job.generation,
    afterMs,
    why,
    deadlineSeconds,
  ]);
}

/**
 * Queues a job whose submission is lost, to be submitted again as a new generation. A GPU job with a known id is
 * cancelled, in case RunPod still runs it. Does nothing if a webhook has revealed an id in the meantime.
 */
export async function submitAgain(database: Database, job: GpuJob): Promise<void> {
  await database.query(
    `WITH lost AS (
       UPDATE jobs SET ${assignments('submitAgain', {})} WHERE jobs.id = $1 AND ${allowed('submitAgain')}
       RETURNING runpod_endpoint)
     INSERT INTO gpu_cancellations (runpod_endpoint, runpod_job_id)
     SELECT runpod_endpoint, $3 FROM lost WHERE $3::text IS NOT NULL`,
    [job.id, job.generation, job.runpodJobId],
  );
}
