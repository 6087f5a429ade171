import { Inject, Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { failures, isAppError } from '#libs/errors';
import {
  commitFenced,
  findJob,
  LostClaim,
  maxAttempts,
  requeueJob,
  retryDelayMs,
  type Job,
  type JobFailure,
} from '#libs/jobs';
import { LOGGER, type Logger } from '#libs/logging';
import { Metrics, type LabelsOf } from '#libs/metrics';
import { GarbageCollector } from '#libs/retention';
import { isOwnTrouble } from './own-trouble.js';
import { Processing } from './processing.js';
import { ProcessStops } from './stopping.js';

/** How a run of a step ended. */
export type Outcome = LabelsOf<'stepSeconds'>['outcome'];

/**
 * Claims of one job up to which trouble of the process does not count as an attempt: another worker, or this one once it
 * is well again, does the job. With the delays between them that is about two hours of a single worker in trouble.
 */
const patientClaims = 1_000;

/** Doublings of the delay after trouble of this process. Other workers may be well, so no job waits long. */
const maxDoublings = 4;

/** Decides what follows from the end of a run, and writes it to the job's row. */
@Injectable()
export class RunOutcomes {
  /** Runs in a row that failed because of trouble of this process. */
  private troubles = 0;

  constructor(
    private readonly database: Database,
    private readonly processing: Processing,
    private readonly garbage: GarbageCollector,
    private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  succeeded(): Outcome {
    this.troubles = 0;
    return 'done';
  }

  /** Requeues or fails a job by the error of its run, and removes the objects that the run has written. */
  async failed(job: Job, error: unknown, log: object): Promise<Outcome> {
    if (error instanceof ProcessStops) {
      await requeueJob(this.database, job, { afterMs: 0, failed: false });
      this.logger.info(log, 'job handed back');
      return 'handed_back';
    }
    const outcome = await this.settle(job, error, log);
    await this.garbage.collectGeneration(job);
    return outcome;
  }

  private async settle(job: Job, error: unknown, log: object): Promise<Outcome> {
    if (error instanceof LostClaim) return this.lost(job, log);
    if (isOwnTrouble(error) && job.generation < patientClaims) {
      this.troubles += 1;
      const afterMs = retryDelayMs(Math.min(this.troubles, maxDoublings), Math.random());
      if (!(await requeueJob(this.database, job, { afterMs, failed: false }))) return this.lost(job, log);
      this.logger.error({ ...log, err: error, afterMs }, 'worker in trouble, job requeued');
      return 'retried';
    }
    const mayPass = !isAppError(error) || error.retryable;
    // Read again: a stage that was committed meanwhile has started the count anew.
    const attempts = ((await findJob(this.database, job.id))?.attempts ?? job.attempts) + 1;
    if (mayPass && attempts < maxAttempts) {
      const afterMs = retryDelayMs(attempts, Math.random());
      if (!(await requeueJob(this.database, job, { afterMs, failed: true }))) return this.lost(job, log);
      this.logger.warn({ ...log, err: error, afterMs }, 'job attempt failed, job requeued');
      return 'retried';
    }
    if (!(await this.fail(job, reasonOf(error)))) return this.lost(job, log);
    this.logger.warn({ ...log, err: error }, 'job failed');
    return 'failed';
  }

  /** A step whose claim is lost may fail in any way: the objects of a deleted voice vanish under it. */
  private lost(job: Job, log: object): Outcome {
    this.logger.warn(log, 'claim lost, results discarded');
    this.metrics.count('leasesLost', { kind: job.kind });
    return 'claim_lost';
  }

  /** @returns false when the claim is lost */
  private async fail(job: Job, why: JobFailure): Promise<boolean> {
    try {
      await commitFenced(this.database, job, (tx, voice) => this.processing.fail(tx, voice, job, why));
      this.metrics.count('jobsFailed', { kind: job.kind, code: why.code });
      return true;
    } catch (error) {
      if (error instanceof LostClaim) return false;
      throw error;
    }
  }
}

/** What a voice's `errors` say: only sentences of our own. */
function reasonOf(error: unknown): JobFailure {
  if (isAppError(error) && error.code !== 'internal') return { code: error.code, sentence: error.message };
  return { code: 'internal', sentence: failures.internal.sentence };
}
