import type { Config } from '#libs/config';
import { Database, type EmbedParams } from '#libs/database';
import { GpuJobsRepository, hookPath, newHookToken } from '#libs/embeddings';
import { AppError } from '#libs/errors';
import { jobLine, LostClaim, type ClaimedJob } from '#libs/jobs';
import type { Logger } from '#libs/logging';
import { buildRunRequest, pollDelayMs, RunpodClient, testSamplesInOrder } from '#libs/runpod';
import { SamplesService } from '#libs/samples';
import {
  inboxEmbeddingZipKey,
  inboxOutputKey,
  inboxTestSampleKey,
  type GenerationId,
  type ObjectStorage,
} from '#libs/storage';

import { GpuWait } from './gpu-wait.js';

/** RunPod's own default: a handler that runs longer is ended. */
const executionTimeoutMs = 600_000;
/** Signed URLs outlive the deadline, so that a result made at its last moment can still be stored. */
const urlsOutliveSeconds = 15 * 60;
const maxZipBytes = 256 * 1024 ** 2;
const maxTestSampleBytes = 16 * 1024 ** 2;
const maxOutputBytes = 1024 ** 2;

export type SubmitOptions = Pick<
  Config,
  'runpodEndpoints' | 'embeddingDeadlineSeconds' | 'testSentences' | 'callbackUrl'
>;

/**
 * Submits an embedding to the GPU side and lets the job wait for it.
 *
 * May run twice: the row says that POST /run is about to be sent before it is, and a run that finds this said already
 * does not send again, but waits for what becomes of it.
 */
export class SubmitStep {
  constructor(
    private readonly database: Database,
    private readonly gpuJobs: GpuJobsRepository,
    private readonly samples: SamplesService,
    private readonly storage: ObjectStorage,
    private readonly client: RunpodClient,
    private readonly gpuWait: GpuWait,
    private readonly options: SubmitOptions,
    private readonly logger: Logger,
  ) {}

  async run(job: ClaimedJob): Promise<void> {
    if (job.submittedGeneration !== null) return this.gpuWait.begin(job, null, pollDelayMs(0));
    // Of an earlier try that did not arrive: nobody would wait for what is submitted now.
    if (job.deadlinePassed) throw AppError.of('deadline_passed');
    const { ttsType } = job.params as EmbedParams;
    const endpoint = this.options.runpodEndpoints.get(ttsType);
    if (endpoint === undefined) {
      throw AppError.saying('gpu_refused', `There is no embedding service for the tts type ${ttsType}`);
    }
    const holdOffMs = this.client.holdOffMs(endpoint);
    if (holdOffMs > 0) return this.gpuJobs.postpone(job, holdOffMs); // the endpoint is being left alone

    const hookToken = job.hookToken ?? newHookToken();
    const body = await this.request(job, ttsType, hookToken);
    const deadlineSeconds = this.options.embeddingDeadlineSeconds;
    if (!(await this.gpuJobs.noteSubmitting(job, { endpoint, hookToken, deadlineSeconds }))) {
      throw new LostClaim(job.id, job.generation);
    }
    const result = await this.client.run(endpoint, body);
    const log = { ...jobLine(job), endpoint };
    switch (result.kind) {
      case 'accepted':
        this.logger.info({ ...log, runpodJob: result.runpodJobId }, 'embedding submitted');
        return this.gpuWait.begin(job, result.runpodJobId, pollDelayMs(0));
      case 'unknown':
        this.logger.warn({ ...log, detail: result.detail }, 'outcome of the submission unknown');
        return this.gpuWait.begin(job, null, pollDelayMs(0));
      case 'not_sent':
        this.logger.warn({ ...log, detail: result.detail }, 'embedding service out of reach');
        return this.gpuJobs.noteNotSent(job, result.retryAfterMs);
      case 'refused':
        this.logger.error({ ...log, message: result.message, answer: result.answer }, 'submission refused');
        throw AppError.saying('gpu_refused', 'The embedding service refused the job');
    }
  }

  private async request(job: ClaimedJob, ttsType: string, hookToken: string): Promise<string> {
    const samples = await this.samples.list(job.voiceId);
    if (samples.length === 0) throw AppError.of('no_samples');
    const expiresInSeconds = this.options.embeddingDeadlineSeconds + urlsOutliveSeconds;
    const inbox: GenerationId = { voiceId: job.voiceId, jobId: job.id, generation: job.generation };
    const put = (key: string, contentType: string, maxBytes: number): Promise<string> =>
      this.storage.signPut(key, { expiresInSeconds, contentType, maxBytes });
    const asked = testSamplesInOrder(
      samples.map((sample) => sample.index),
      this.options.testSentences.length,
    );
    const request = buildRunRequest({
      jobId: job.id,
      generation: job.generation,
      ttsType,
      voice: await this.voiceName(job.voiceId),
      samples: await Promise.all(
        samples.map(async (sample) => ({
          index: sample.index,
          durationSeconds: sample.durationSeconds,
          sha256: sample.sha256,
          url: await this.storage.signGet(sample.objectKey, { expiresInSeconds, contentType: 'audio/ogg' }),
        })),
      ),
      testSentences: this.options.testSentences,
      testSamples: await Promise.all(
        asked.map(async ({ sampleIndex, sentenceIndex }) => ({
          sampleIndex,
          sentenceIndex,
          url: await put(inboxTestSampleKey(inbox, sampleIndex, sentenceIndex), 'audio/ogg', maxTestSampleBytes),
        })),
      ),
      embeddingZipUrl: await put(inboxEmbeddingZipKey(inbox), 'application/zip', maxZipBytes),
      outputUrl: await put(inboxOutputKey(inbox), 'application/json', maxOutputBytes),
      webhookUrl: `${this.options.callbackUrl}${hookPath(hookToken, job.generation)}`,
      executionTimeoutMs,
      ttlMs: this.options.embeddingDeadlineSeconds * 1000,
    });
    return request.body;
  }

  private async voiceName(voiceId: string): Promise<{ partner: string; name: string }> {
    const [names] = await this.database.query<{ partner: string; name: string }>(
      `SELECT partners.name AS partner, voices.name FROM voices JOIN partners ON partners.id = voices.partner_id
       WHERE voices.id = $1`,
      [voiceId],
    );
    if (names === undefined) throw AppError.of('voice_not_found');
    return names;
  }
}
