import { Database } from '#libs/database';
import { AppError, failures, isAppError } from '#libs/errors';
import {
  commitFenced,
  jobLine,
  JobsRepository,
  LostClaim,
  maxAttempts,
  maxDeaths,
  retryDelayMs,
  withLease,
  type ClaimedJob,
  type Work,
} from '#libs/jobs';
import { collectingJobs, type Logger, type MadeJob } from '#libs/logging';
import type { LabelsOf, Metrics } from '#libs/metrics';
import { openSpan } from '#libs/tracing';
import { Processing, type ProcessingFailure } from '#libs/voices';
import { GarbageCollector } from '../upkeep/garbage-collector.js';
import { ProcessStops, Stopping } from './stopping.js';

export type Step = (job: ClaimedJob, work: Work) => Promise<void>;

type Outcome = LabelsOf<'stepSeconds'>['outcome'];

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
    private readonly metrics: Metrics,
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
      if (job !== null) await this.work(job, step);
    } catch (error) {
      // Postgres is out of reach: the lease runs out and the job is taken up again.
      this.logger.error({ job: jobId, err: error }, 'job left to its lease');
    }
  }

  /** Runs a step and tells how it went: in the log, in metrics and in the trace of whoever asked for the job. */
  private async work(job: ClaimedJob, step: Step): Promise<void> {
    const { kind, stage, generation } = job;
    const span = openSpan(`${kind} ${stage}`, {
      role: 'consumer',
      parent: job.traceparent,
      attributes: { 'timbre.job_id': job.id, 'timbre.voice_id': job.voiceId, 'timbre.generation': generation },
    });
    const trace = span.traceId === null ? {} : { trace_id: span.traceId };
    const log = { ...jobLine(job), kind, stage, generation, ...trace };
    const startedAt = performance.now();
    const made: MadeJob[] = [];
    let outcome: Outcome = 'left_to_lease';
    this.logger.info(log, 'job claimed');
    try {
      outcome = await span.inside(() => collectingJobs(made, () => this.attempt(job, step, log)));
      const ms = Math.round(performance.now() - startedAt);
      const follow = made.length === 0 ? {} : { jobs_made: made.map(({ id }) => id) };
      if (outcome === 'done') this.logger.info({ ...log, ms, ...follow }, 'job step done');
    } finally {
      this.metrics.observe('stepSeconds', { kind, stage, outcome }, (performance.now() - startedAt) / 1000);
      span.describe({ 'timbre.outcome': outcome });
      span.end(outcome === 'done' || outcome === 'handed_back' ? undefined : outcome);
    }
  }

  private async attempt(job: ClaimedJob, step: Step, log: object): Promise<Outcome> {
    try {
      if (job.deaths >= maxDeaths) throw AppError.of('died_too_often');
      await withLease(this.jobs, job, this.stopping.signal, (work) => step(job, work));
      return 'done';
    } catch (error) {
      return this.settle(job, error, log);
    }
  }

  private async settle(job: ClaimedJob, error: unknown, log: object): Promise<Outcome> {
    if (error instanceof ProcessStops) {
      await this.jobs.giveBack(job, { afterMs: 0, failed: false });
      this.logger.info(log, 'job handed back');
      return 'handed_back';
    }
    if (error instanceof LostClaim) {
      this.logger.warn(log, 'claim lost; what was made stays invisible');
      this.metrics.count('leasesLost', { kind: job.kind });
      await this.garbage.collectGeneration(job);
      return 'claim_lost';
    }
    const mayPass = !isAppError(error) || error.retryable;
    // A stage that was committed meanwhile began the count anew.
    const attempts = ((await this.jobs.find(job.id))?.attempts ?? job.attempts) + 1;
    const again = mayPass && attempts < maxAttempts;
    if (again) {
      const afterMs = retryDelayMs(attempts, Math.random());
      this.logger.warn({ ...log, err: error, afterMs }, 'job failed for now');
      await this.jobs.giveBack(job, { afterMs, failed: true });
    } else {
      this.logger.warn({ ...log, err: error }, 'job failed');
      await this.fail(job, reason(error));
    }
    await this.garbage.collectGeneration(job);
    return again ? 'retried' : 'failed';
  }

  private async fail(job: ClaimedJob, why: ProcessingFailure): Promise<void> {
    try {
      await commitFenced(this.database, this.jobs, job, (tx, voice) => this.processing.fail(tx, voice, job, why));
      this.metrics.count('jobsFailed', { kind: job.kind, code: why.code });
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
