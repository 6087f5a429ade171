import { rowsOf, type Transaction } from '#libs/database';
import { LostClaim, type Job, type JobFailure, type SplitJob } from '../job.js';
import { requestCancellation } from './gpu-cancellations.js';
import { allowed, assignments } from './move-sql.js';

/** Runs a move inside a transaction that holds the job's row. @throws LostClaim when the table does not allow it */
async function move(tx: Transaction, job: Job, set: string, where: string, values: readonly unknown[]): Promise<void> {
  const statement = `UPDATE jobs SET ${set} WHERE jobs.id = $1 AND ${where} RETURNING jobs.id`;
  const rows = await rowsOf(tx, statement, [job.id, job.generation, ...values]);
  if (rows.length === 0) throw new LostClaim(job);
}

/** Moves a split on to its next stage under the same claim. Deaths and attempts start again, as progress was made. */
export function advanceJob(tx: Transaction, job: SplitJob, stage: SplitJob['stage']): Promise<void> {
  return move(tx, job, assignments('advance', { stage: '$3' }), allowed('advance'), [stage]);
}

/** Completes a job. */
export function completeJob(tx: Transaction, job: Job): Promise<void> {
  return move(tx, job, assignments('complete', {}), allowed('complete'), []);
}

/** Fails an active job and requests the cancellation of the GPU job that it may have. */
export async function failJob(tx: Transaction, job: Job, why: JobFailure): Promise<void> {
  const given = { error_code: '$3', error: '$4' };
  await move(tx, job, assignments('fail', given), allowed('fail'), [why.code, why.sentence]);
  if ('runpodJobId' in job) await requestCancellation(tx, job);
}
