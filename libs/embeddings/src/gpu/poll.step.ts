import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '#libs/config';
import { Database } from '#libs/database';
import {
  endActive,
  jobLogFields,
  JobQueues,
  recordGpuMissing,
  recordGpuProgress,
  resendEarlyPoll,
  submitAgain,
  takePoll,
  type GpuJob,
  type JobFailure,
} from '#libs/jobs';
import { LOGGER, type Logger } from '#libs/logging';
import { Metrics } from '#libs/metrics';
import { pollDelaysMs, RunpodClient, type StatusResult } from '#libs/runpod';
import { OBJECT_STORAGE, type ObjectStorage } from '#libs/storage';
import { inSpan } from '#libs/tracing';
import { GpuUses } from '#libs/usage';
import { failGpuJob } from './fail-gpu-job.js';
import { recordGpuUse } from './gpu-use.js';
import { decidePoll, needsResultObject, type PollDecision } from './poll-decision.js';
import { hasResultObject } from './result-object.js';

/** RunPod knows a job a moment after it has accepted it. A job that is 404 for this long is lost. */
const lostJobSeconds = 120;

/** What a poll found to collect. */
export interface Found {
  /** The output in the answer of /status; undefined when it gave none. */
  readonly output: unknown;
}

/**
 * Polls a GPU job once.
 *
 * May run twice: a poll is taken by moving the time of the next one forward, and the next delivery is sent before RunPod
 * is asked, so that a death in between costs one interval.
 */
@Injectable()
export class PollStep {
  constructor(
    private readonly database: Database,
    @Inject(OBJECT_STORAGE) private readonly storage: ObjectStorage,
    private readonly client: RunpodClient,
    private readonly queues: JobQueues,
    private readonly metrics: Metrics,
    private readonly uses: GpuUses,
    @Inject(CONFIG) private readonly config: Pick<Config, 'runpodUnknownOutcomeSeconds'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * @param number of the delivery
   * @returns what is to be collected now; null when there is nothing (yet)
   */
  async run(jobId: string, number: number): Promise<Found | null> {
    const job = await takePoll(this.database, jobId, pollDelaysMs());
    if (job === null) return this.sendAgainIfEarly(jobId, number);
    const { generation, nudges, nextPollMs } = job;
    await this.queues.send('embedding-poll', { jobId, generation, number: nudges, delayMs: nextPollMs });

    const status = await this.ask(job);
    await recordGpuUse(this.uses, job, status);
    const decision = await this.decide(job, status);
    return this.carryOut(job, status, decision);
  }

  /** Bull keeps delays by the clocks of machines. On one with a fast clock the delivery came before its time. */
  private async sendAgainIfEarly(jobId: string, number: number): Promise<null> {
    const early = await resendEarlyPoll(this.database, jobId, number);
    if (early !== null) await this.queues.send('embedding-poll', { jobId, ...early });
    return null;
  }

  private ask(job: GpuJob): Promise<StatusResult | null> {
    const { runpodEndpoint, runpodJobId, traceparent } = job;
    if (runpodEndpoint === null || runpodJobId === null) return Promise.resolve(null);
    const attributes = { 'timbre.job_id': job.id, 'timbre.voice_id': job.voiceId };
    return inSpan(`${job.kind} poll`, { role: 'consumer', parent: traceparent, attributes }, () =>
      this.client.status(runpodEndpoint, runpodJobId),
    );
  }

  private async decide(job: GpuJob, status: StatusResult | null): Promise<PollDecision> {
    const { runpodUnknownOutcomeSeconds: unknownOutcomeSeconds } = this.config;
    return decidePoll({
      kind: job.kind,
      status,
      resultObject: needsResultObject(status) && (await hasResultObject(this.storage, job)),
      seen: job.gpuSeen,
      deadlinePassed: job.deadlinePassed,
      waitedLongEnough: (job.submittedSecondsAgo ?? 0) >= unknownOutcomeSeconds,
      missingLongEnough: (job.missingSecondsAgo ?? 0) >= Math.min(lostJobSeconds, unknownOutcomeSeconds),
      submissions: job.submissions,
    });
  }

  private async carryOut(job: GpuJob, status: StatusResult | null, decision: PollDecision): Promise<Found | null> {
    switch (decision.kind) {
      case 'collect':
        return { output: status?.kind === 'known' ? status.output : undefined };
      case 'wait':
        if (decision.progress !== null && job.runpodJobId !== null) {
          await recordGpuProgress(this.database, job.id, job.runpodJobId, decision.progress);
        }
        if (status?.kind === 'missing' && job.runpodJobId !== null) {
          await recordGpuMissing(this.database, job.id, job.runpodJobId);
        }
        return null;
      case 'submit_again':
        await submitAgain(this.database, job);
        return null;
      case 'fail':
        await this.fail(job, decision.why);
        return null;
    }
  }

  /** Fails the job unless another poll's result is being collected meanwhile, which has raised the generation. */
  private async fail(job: GpuJob, why: JobFailure): Promise<void> {
    const ref = { voiceId: job.voiceId, kind: job.kind, jobId: job.id, generation: job.generation };
    const isFailed = await this.database.transaction((tx) =>
      endActive(tx, ref, (voice, active) => failGpuJob(tx, voice, active, why)),
    );
    if (!isFailed) return;
    this.logger.warn({ ...jobLogFields(job), kind: job.kind, ...why }, 'job failed');
    this.metrics.count('jobsFailed', { kind: job.kind, code: why.code });
  }
}
