import { Inject, Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import {
  claimJob,
  claimToCollect,
  jobLogFields,
  maxDeaths,
  withLease,
  type GpuJob,
  type Job,
  type Work,
} from '#libs/jobs';
import { AppError } from '#libs/errors';
import { collectingJobs, LOGGER, type Logger, type MadeJob } from '#libs/logging';
import { Metrics } from '#libs/metrics';
import { openSpan } from '#libs/tracing';
import { RunOutcomes, type Outcome } from './run-outcomes.js';
import { Stopping } from './stopping.js';

/** A stage of a job. It may run twice. */
export type Step<J extends Job = Job> = (job: J, work: Work) => Promise<void>;

/**
 * Turns deliveries into claimed, leased runs of a step, and their outcomes into the job's row. Deliveries may come twice,
 * late, or for jobs that ended long ago; only a claim runs.
 */
@Injectable()
export class JobRunner {
  constructor(
    private readonly database: Database,
    private readonly outcomes: RunOutcomes,
    private readonly stopping: Stopping,
    private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Claims a job and runs a step; does nothing when there is nothing to claim. Never rejects: the row has the outcome. */
  async deliver(jobId: string, step: Step): Promise<void> {
    const claim = async (): Promise<Job | null> => {
      const job = await claimJob(this.database, jobId);
      if (job?.isTakenOver) this.metrics.count('jobsRevived', { kind: job.kind });
      return job;
    };
    await this.stopping.track(this.run(jobId, claim, step));
  }

  /** Does the same for a job that waits on the GPU. */
  async deliverToCollect(jobId: string, step: Step<GpuJob>): Promise<void> {
    await this.stopping.track(this.run(jobId, () => claimToCollect(this.database, jobId), step));
  }

  private async run<J extends Job>(jobId: string, claim: () => Promise<J | null>, step: Step<J>): Promise<void> {
    try {
      const job = await claim();
      if (job !== null) await this.work(job, step);
    } catch (error) {
      // Postgres cannot be reached. The lease expires and the job is claimed again.
      this.logger.error({ job: jobId, err: error }, 'job left to its lease');
    }
  }

  /** Runs a step and records how it went: in the log, in metrics and in the trace of the request that made the job. */
  private async work<J extends Job>(job: J, step: Step<J>): Promise<void> {
    const { kind, stage, generation } = job;
    const span = openSpan(`${kind} ${stage}`, {
      role: 'consumer',
      parent: job.traceparent,
      attributes: { 'timbre.job_id': job.id, 'timbre.voice_id': job.voiceId, 'timbre.generation': generation },
    });
    const trace = span.traceId === null ? {} : { trace_id: span.traceId };
    const log = { ...jobLogFields(job), kind, stage, generation, ...trace };
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

  private async attempt<J extends Job>(job: J, step: Step<J>, log: object): Promise<Outcome> {
    try {
      if (job.deaths >= maxDeaths) throw AppError.of('died_too_often');
      await withLease(this.database, job, this.stopping.signal, (work) => step(job, work));
      return this.outcomes.succeeded();
    } catch (error) {
      return this.outcomes.failed(job, error, log);
    }
  }
}
