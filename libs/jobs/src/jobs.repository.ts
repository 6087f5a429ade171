import {
  GpuCancellationEntity,
  JobEntity,
  rowsOf,
  type Database,
  type EmbedParams,
  type JobKind,
  type JobProgress,
  type JobStage,
  type SplitParams,
  type Transaction,
} from '#libs/database';
import { noteMadeJob } from '#libs/logging';
import { currentTraceparent, inSpan } from '#libs/tracing';
import { claimedColumns, type ClaimedJob } from './job-claim.js';
import { leaseMs } from './job-timing.js';

/** What a new job is made of. */
export interface NewJob {
  readonly voiceId: string;
  readonly partnerId: string;
  readonly kind: JobKind;
  readonly stage: JobStage;
  readonly params: SplitParams | EmbedParams;
  readonly progress: JobProgress;
}

const lease = `now() + interval '${leaseMs} milliseconds'`;

/** The rows of work. All clocks are Postgres', so that machines need not agree on the time. */
export class JobsRepository {
  constructor(private readonly database: Database) {}

  /** Writes a job, in the transaction that sets the voice's status. */
  insert(tx: Transaction, job: NewJob): Promise<string> {
    return inSpan(`${job.kind} job`, { role: 'producer' }, async (describe) => {
      const inserted = await tx.insert(JobEntity, { ...job, traceparent: currentTraceparent() });
      const { id } = inserted.identifiers[0] as { id: string };
      describe({ 'timbre.job_id': id, 'timbre.voice_id': job.voiceId });
      noteMadeJob({ id, voiceId: job.voiceId });
      return id;
    });
  }

  /**
   * Takes a job: a new generation and a lease. A live lease is respected; only one that ran out is taken over, which
   * counts as a death.
   *
   * @returns null when there is nothing to take: finished, owned, waiting on the GPU, or not due yet
   */
  async claim(jobId: string): Promise<ClaimedJob | null> {
    const [claimed] = await this.database.query<ClaimedJob>(
      `UPDATE jobs SET generation = generation + 1, leased_until = ${lease},
         deaths = deaths + CASE WHEN state = 'running' THEN 1 ELSE 0 END,
         state = 'running', updated_at = now()
       WHERE id = $1 AND run_after <= now()
         AND (state = 'queued' OR (state = 'running' AND leased_until < now()))
       RETURNING ${claimedColumns}`,
      [jobId],
    );
    return claimed ?? null;
  }

  /** Takes a job that waits on the GPU, to collect what it made. */
  async claimWaiting(jobId: string): Promise<ClaimedJob | null> {
    const [claimed] = await this.database.query<ClaimedJob>(
      `UPDATE jobs SET generation = generation + 1, leased_until = ${lease}, state = 'running', stage = 'collect',
         updated_at = now()
       WHERE id = $1 AND state = 'waiting' RETURNING ${claimedColumns}`,
      [jobId],
    );
    return claimed ?? null;
  }

  /** Keeps a lease alive; false when it is no longer ours. */
  async renew(job: ClaimedJob, progress: JobProgress | null): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE jobs SET leased_until = ${lease}, progress = coalesce($3::jsonb, progress), updated_at = now()
       WHERE id = $1 AND generation = $2 AND state = 'running' RETURNING id`,
      [job.id, job.generation, progress === null ? null : JSON.stringify(progress)],
    );
    return rows.length > 0;
  }

  /** Holds the row if this claim still owns it; the fence of every commit. Lock the voice first. */
  async lockOwned(tx: Transaction, job: ClaimedJob): Promise<boolean> {
    const rows = await rowsOf(
      tx,
      `SELECT id FROM jobs WHERE id = $1 AND generation = $2 AND state = 'running' FOR UPDATE`,
      [job.id, job.generation],
    );
    return rows.length > 0;
  }

  /** The active job of a kind, if the voice has one; locked. Lock the voice first. */
  async findActive(tx: Transaction, voiceId: string, kind: JobKind): Promise<ClaimedJob | null> {
    const [row] = await rowsOf<ClaimedJob>(
      tx,
      `SELECT ${claimedColumns} FROM jobs
       WHERE voice_id = $1 AND kind = $2 AND state IN ('queued', 'running', 'waiting') FOR UPDATE`,
      [voiceId, kind],
    );
    return row ?? null;
  }

  async find(jobId: string): Promise<ClaimedJob | null> {
    const [row] = await this.database.query<ClaimedJob>(`SELECT ${claimedColumns} FROM jobs WHERE id = $1`, [jobId]);
    return row ?? null;
  }

  /** Goes on to the next stage under the same claim. Progress was made: deaths and attempts count anew. */
  async advance(tx: Transaction, job: ClaimedJob, stage: JobStage): Promise<void> {
    await tx.update(JobEntity, { id: job.id }, { stage, deaths: 0, attempts: 0, updatedAt: () => 'now()' });
  }

  /** Gives a job back unfinished, to run again at once (a worker that stops) or after a delay (a passing failure). */
  async giveBack(job: ClaimedJob, options: { readonly afterMs: number; readonly failed: boolean }): Promise<void> {
    await this.database.query(
      `UPDATE jobs SET state = 'queued', leased_until = NULL, nudged_at = NULL,
         attempts = attempts + CASE WHEN $4 THEN 1 ELSE 0 END,
         run_after = now() + $3 * interval '1 millisecond', updated_at = now()
       WHERE id = $1 AND generation = $2 AND state = 'running'`,
      [job.id, job.generation, options.afterMs, options.failed],
    );
  }

  /** Ends a job well. */
  async complete(tx: Transaction, job: ClaimedJob): Promise<void> {
    await tx.update(
      JobEntity,
      { id: job.id },
      { state: 'completed', leasedUntil: null, progress: null, finishedAt: () => 'now()', updatedAt: () => 'now()' },
    );
  }

  /** Ends a job badly; a GPU job it may still have is to be cancelled. */
  async fail(
    tx: Transaction,
    job: ClaimedJob,
    why: { readonly code: string; readonly sentence: string },
  ): Promise<void> {
    await tx.update(
      JobEntity,
      { id: job.id },
      {
        state: 'failed',
        leasedUntil: null,
        progress: null,
        errorCode: why.code,
        error: why.sentence,
        finishedAt: () => 'now()',
        updatedAt: () => 'now()',
      },
    );
    await this.cancelOnGpu(tx, job.runpodEndpoint, job.runpodJobId);
  }

  /** Notes that a GPU job is not wanted any more; the worker tells RunPod. */
  async cancelOnGpu(tx: Transaction, endpoint: string | null, runpodJobId: string | null): Promise<void> {
    if (endpoint === null || runpodJobId === null) return;
    await tx.insert(GpuCancellationEntity, { runpodEndpoint: endpoint, runpodJobId });
  }
}
