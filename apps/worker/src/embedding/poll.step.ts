import type { EmbedParams } from '#libs/database';
import { GpuJobsRepository } from '#libs/embeddings';
import { JobQueues, type ClaimedJob } from '#libs/jobs';
import { pollDelaysMs, RunpodClient, type StatusResult } from '#libs/runpod';
import type { ObjectStorage } from '#libs/storage';
import { inSpan } from '#libs/tracing';
import { Processing, type ProcessingFailure } from '#libs/voices';
import { decidePoll, needsResultObject, type PollDecision } from './poll-decision.js';
import { hasResultObject } from './result-object.js';

/** RunPod knows a job a moment after it has accepted it: one that is 404 for this long is lost. */
const lostJobSeconds = 120;

export interface PollOptions {
  /** How long to wait for a submission whose answer was lost. A lost job is never waited for longer. */
  readonly unknownOutcomeSeconds: number;
  /** Told of each job that a poll has ended badly. */
  readonly onFailed: (job: ClaimedJob, why: ProcessingFailure) => void;
}

/** What a poll found to collect: the output /status gave, if it did. */
export interface Found {
  readonly job: ClaimedJob;
  readonly output: unknown;
}

/**
 * Asks once how a GPU job is doing.
 *
 * May run twice: a poll is taken by moving the time of the next one forward, and the next delivery is on its way before
 * anything is asked, so a death in between costs one interval.
 */
export class PollStep {
  constructor(
    private readonly gpuJobs: GpuJobsRepository,
    private readonly processing: Processing,
    private readonly storage: ObjectStorage,
    private readonly client: RunpodClient,
    private readonly queues: JobQueues,
    private readonly options: PollOptions,
  ) {}

  /**
   * @param number of the delivery
   * @returns what is to be collected now; null when there is nothing (yet)
   */
  async run(jobId: string, number: number): Promise<Found | null> {
    const job = await this.gpuJobs.takePoll(jobId, pollDelaysMs());
    if (job === null) return this.sendAgainIfEarly(jobId, number);
    const { generation, nudges, nextPollMs } = job;
    await this.queues.send('embedding-poll', { jobId, generation, number: nudges, delayMs: nextPollMs });

    const status = await this.ask(job);
    const decision = await this.decide(job, status);
    return this.carryOut(job, status, decision);
  }

  /** Bull tells a delay by the clocks of machines; where ours is fast, the delivery came before its time. */
  private async sendAgainIfEarly(jobId: string, number: number): Promise<null> {
    const early = await this.gpuJobs.takeEarly(jobId, number);
    if (early !== null) await this.queues.send('embedding-poll', { jobId, ...early });
    return null;
  }

  private ask(job: ClaimedJob): Promise<StatusResult | null> {
    if (job.runpodEndpoint === null || job.runpodJobId === null) return Promise.resolve(null);
    const { runpodEndpoint, runpodJobId, traceparent } = job;
    const attributes = { 'timbre.job_id': job.id, 'timbre.voice_id': job.voiceId };
    return inSpan('embed poll', { role: 'consumer', parent: traceparent, attributes }, () =>
      this.client.status(runpodEndpoint, runpodJobId),
    );
  }

  private async decide(job: ClaimedJob, status: StatusResult | null): Promise<PollDecision> {
    const { unknownOutcomeSeconds } = this.options;
    return decidePoll({
      status,
      resultObject: needsResultObject(status) && (await hasResultObject(this.storage, job)),
      seen: job.gpuSeen,
      deadlinePassed: job.deadlinePassed,
      waitedLongEnough: (job.submittedSecondsAgo ?? 0) >= unknownOutcomeSeconds,
      missingLongEnough: (job.missingSecondsAgo ?? 0) >= Math.min(lostJobSeconds, unknownOutcomeSeconds),
      submissions: job.submissions,
    });
  }

  private async carryOut(job: ClaimedJob, status: StatusResult | null, decision: PollDecision): Promise<Found | null> {
    switch (decision.kind) {
      case 'collect':
        return { job, output: status?.kind === 'known' ? status.output : undefined };
      case 'wait':
        if (decision.progress !== null && job.runpodJobId !== null) {
          await this.gpuJobs.noteSeen(job.id, job.runpodJobId, decision.progress);
        }
        if (status?.kind === 'missing' && job.runpodJobId !== null) {
          await this.gpuJobs.noteMissing(job.id, job.runpodJobId);
        }
        return null;
      case 'submit_again':
        await this.gpuJobs.submitAgain(job);
        return null;
      case 'fail':
        // Not when another poll's find is being collected meanwhile.
        if (await this.processing.failActive(job.voiceId, 'embed', decision.why, job.id, job.generation)) {
          this.options.onFailed(job, decision.why);
        }
        return null;
    }
  }
}

/** The tts type an embed job is for. */
export function ttsTypeOf(job: ClaimedJob): string {
  return (job.params as EmbedParams).ttsType;
}
