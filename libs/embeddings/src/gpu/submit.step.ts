import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '#libs/config';
import { recordedConsents } from '#libs/consent';
import { Database, type SampleEntity } from '#libs/database';
import { AppError } from '#libs/errors';
import {
  jobLogFields,
  LostClaim,
  postponeSubmission,
  startSubmission,
  undoSubmission,
  type EmbedJob,
  type GpuJob,
} from '#libs/jobs';
import { LOGGER, type Logger } from '#libs/logging';
import { pollDelayMs, RunpodClient, unreachableRetryMs } from '#libs/runpod';
import { refuseWithoutConsent, type ConsentRule } from '#libs/voices';
import { refuseTooMuchToEmbed } from '../embedding-limits.js';
import { SpeechBody } from '../speech/speech-body.js';
import { GpuWait } from './gpu-wait.js';
import { newHookToken } from './hook-token.js';
import { deadlineFailure } from './poll-decision.js';
import { SubmissionBody, type EmbeddingParts } from './submission-body.js';
import { samplesOf } from './voice-samples.js';

type SubmitConfig = Pick<
  Config,
  'runpodEndpoints' | 'runpodContract' | 'embeddingBytesPerSecond' | 'embeddingDeadlineSeconds' | 'maxEmbeddingBytes'
> &
  ConsentRule;

/** What was submitted, in the log. */
const submittedWork = { embed: 'embedding', speak: 'speech' } as const satisfies Readonly<
  Record<GpuJob['kind'], string>
>;

/**
 * Submits an embedding or a speech to the GPU side and lets the job wait for it.
 *
 * May run twice: the row says that POST /run is about to be sent before it is sent. A run that finds this said does not
 * send again, but waits for the outcome.
 */
@Injectable()
export class SubmitStep {
  constructor(
    private readonly database: Database,
    private readonly body: SubmissionBody,
    private readonly speechBody: SpeechBody,
    private readonly client: RunpodClient,
    private readonly gpuWait: GpuWait,
    @Inject(CONFIG) private readonly config: SubmitConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async run(job: GpuJob): Promise<void> {
    if (job.submittedGeneration !== null) return this.gpuWait.start(job, null, pollDelayMs(0));
    // The deadline was set by an earlier submission that never arrived. Nothing would poll for the result.
    if (job.deadlinePassed) throw AppError.of(deadlineFailure(job.kind));
    const { ttsType } = job.params;
    const endpoint = this.config.runpodEndpoints.get(ttsType);
    if (endpoint === undefined) {
      throw AppError.saying('gpu_refused', `There is no embedding service for the tts type ${ttsType}`);
    }
    const deadlineSeconds = this.config.embeddingDeadlineSeconds;
    const holdOff = this.client.holdOff(endpoint);
    if (holdOff !== null) return postponeSubmission(this.database, job, holdOff, deadlineSeconds);

    // Checked again here: consents may have been revoked meanwhile, and an older API does not know them.
    await this.database.run((manager) => refuseWithoutConsent(manager, job.voiceId, this.config));
    const hookToken = job.hookToken ?? newHookToken();
    const body = await this.bodyOf(job, hookToken);
    if (!(await startSubmission(this.database, job, { endpoint, hookToken, deadlineSeconds }))) {
      throw new LostClaim(job);
    }
    return this.send(job, endpoint, body);
  }

  private async bodyOf(job: GpuJob, hookToken: string): Promise<string> {
    switch (job.kind) {
      case 'embed':
        return this.body.build(job, await this.partsOf(job), hookToken);
      case 'speak':
        return this.speechBody.build(job, hookToken);
    }
  }

  private async partsOf(job: EmbedJob): Promise<EmbeddingParts> {
    const [samples, consents] = [await this.samplesToEmbed(job), await recordedConsents(this.database, job.voiceId)];
    return { samples, consents };
  }

  /**
   * Checked again here: nobody has requested the embedding that follows a first split, and settings may have changed.
   *
   * @throws AppError `no_samples` | `too_much_to_embed`
   */
  private async samplesToEmbed({ voiceId }: EmbedJob): Promise<readonly SampleEntity[]> {
    const samples = await samplesOf(this.database, voiceId);
    if (samples.length === 0) throw AppError.of('no_samples');
    refuseTooMuchToEmbed(
      samples.reduce((seconds, { durationSeconds }) => seconds + durationSeconds, 0),
      this.config,
    );
    return samples;
  }

  private async send(job: GpuJob, endpoint: string, body: string): Promise<void> {
    const result = await this.client.run(endpoint, body);
    const log = { ...jobLogFields(job), endpoint };
    switch (result.kind) {
      case 'accepted':
        this.logger.info({ ...log, runpodJob: result.runpodJobId }, `${submittedWork[job.kind]} submitted`);
        return this.gpuWait.start(job, { endpoint, id: result.runpodJobId }, pollDelayMs(0));
      case 'unknown':
        this.logger.warn({ ...log, detail: result.detail }, 'outcome of the submission unknown');
        return this.gpuWait.start(job, null, pollDelayMs(0));
      case 'not_sent':
        this.logger.warn({ ...log, detail: result.detail }, 'embedding service unreachable');
        return undoSubmission(this.database, job, {
          afterMs: result.retryAfterMs,
          why: `RunPod could not be reached: ${result.detail}`,
        });
      case 'refused':
        this.logger.error({ ...log, message: result.message, answer: result.answer }, 'submission refused');
        if (result.mayPass) {
          const afterMs = this.client.holdOff(endpoint)?.afterMs ?? unreachableRetryMs;
          return undoSubmission(this.database, job, { afterMs, why: result.message });
        }
        throw AppError.saying('gpu_refused', 'The embedding service refused the job');
    }
  }
}
