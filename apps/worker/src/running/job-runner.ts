import { Database } from '#libs/database';
import { AppError, failures, isAppError } from '#libs/errors';
import {
  commitFenced,
  JobsRepository,
  LostClaim,
  maxAttempts,
  maxDeaths,
  retryDelayMs,
  withLease,
  type ClaimedJob,
  type Work,
} from '#libs/jobs';
import type { Logger } from '#libs/logging';
import { Processing, type ProcessingFailure } from '#libs/voices';
import { GarbageCollector } from '../upkeep/garbage-collector.js';
import { ProcessStops, Stopping } from './stopping.js';

export type Step = (job: ClaimedJob, work: Work) => Promise<void>;

/**
 * Turns deliveries into owned, leased runs of a step, and what they end in into the job's row. Deliveries may come
 * twice, late or for jobs long ended: only a claim runs.
 */
export class JobRunner {
  constructor(
    private readonly database: Database,
    private readonly jobs: JobsRepository,
    private readonly processing: Processing,
    private readonly garbage: GarbageCollector,
    private readonly stopping: Stopping,
    private readonly logger: Logger,
  ) {}

  /** Claims a job and runs a step; nothing when there is nothing to claim. Rejects never: the row has the outcome. */
  async deliver(jobId: string, step: Step): Promise<void> {
    await this.stopping.track(this.run(() => this.jobs.claim(jobId), jobId, step));
  }

  /** The same for a job that waits on the GPU. */
  async deliverWaiting(jobId: string, step: Step): Promise<void> {
    await this.stopping.track(this.run(() => this.jobs.claimWaiting(jobId), jobId, step));
  }

  private async run(claim: () => Promise<ClaimedJob | null>, jobId: string, step: Step): Promise<void> {
    try {
      const job = await claim();
      if (job === null) return;
      const log = { job: job.id, voice: job.voiceId, kind: job.kind, stage: job.stage, generation: job.generation };
      const startedAt = performance.now();
      this.logger.info(log, 'job claimed');
      try {
        if (job.deaths >= maxDeaths) throw AppError.of('died_too_often');
        await withLease(this.jobs, job, this.stopping.signal, (work) => step(job, work));
        this.logger.info({ ...log, ms: Math.round(performance.now() - startedAt) }, 'job step done');
      } catch (error) {
        await this.settle(job, error, log);
      }
    } catch (error) {
      // Postgres is out of reach: the lease runs out and the job is taken up again.
      this.logger.error({ job: jobId, err: error }, 'job left to its lease');
    }
  }

  private async settle(job: ClaimedJob, error: unknown, log: object): Promise<void> {
    if (error instanceof ProcessStops) {
      await this.jobs.giveBack(job, { afterMs: 0, failed: false });
      this.logger.info(log, 'job handed back');
      return;
    }
    if (error instanceof LostClaim) {
      this.logger.warn(log, 'claim lost; what was made stays invisible');
      await this.garbage.collectGeneration(job);
      return;
    }
    const mayPass = !isAppError(error) || error.retryable;
    // A stage that was committed meanwhile began the count anew.
    const attempts = ((await this.jobs.find(job.id))?.attempts ?? job.attempts) + 1;
    if (mayPass && attempts < maxAttempts) {
      const afterMs = retryDelayMs(attempts, Math.random());
      this.logger.warn({ ...log, err: error, afterMs }, 'job failed for now');
      await this.jobs.giveBack(job, { afterMs, failed: true });
    } else {
      this.logger.warn({ ...log, err: error }, 'job failed');
      await this.fail(job, reason(error));
    }
    await this.garbage.collectGeneration(job);
  }

  private async fail(job: ClaimedJob, why: ProcessingFailure): Promise<void> {
    try {
      await commitFenced(this.database, this.jobs, job, (tx, voice) => this.processing.fail(tx, voice, job, why));
    } catch (error) {
      if (!(error instanceof LostClaim)) throw error;
    }
  }
}

/** What a voice's `errors` say: our own sentences only. */
function reason(error: unknown): ProcessingFailure {
  if (isAppError(error) && error.code !== 'internal') return { code: error.code, sentence: error.message };
  return { code: 'internal', sentence: failures.internal.sentence };
}
