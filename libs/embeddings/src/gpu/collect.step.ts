import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '#libs/config';
import { Database } from '#libs/database';
import { AppError } from '#libs/errors';
import type { EmbedJob, GpuJob, Work } from '#libs/jobs';
import { parseOutput, pollDelayMs, RunpodClient, testSamplesInOrder } from '#libs/runpod';
import { OBJECT_STORAGE, type ObjectStorage } from '#libs/storage';
import { embeddingLimitBytes } from '../embedding-limits.js';
import { EmbeddingResults } from '../embedding-results.js';
import { SpeechCollector } from '../speech/speech-collector.js';
import { languageOf, sentencesOf } from '../test-sentences.js';
import type { Collected, DeliveryProblem } from './collected.js';
import { DeliveredObjects } from './delivered-objects.js';
import { GpuWait } from './gpu-wait.js';
import { readResultObject } from './result-object.js';
import { samplesOf } from './voice-samples.js';

/** Attempts before objects that differ from the output are taken as final: about 15 s. */
const maxLooks = 5;

/**
 * Collects the results of a GPU job: checks the output against the contract, copies the objects out of the inbox with
 * size and checksum verified, and makes them visible in one transaction.
 *
 * May run twice: each claim copies to its own generation's folder. RunPod may run a handler twice, so that the objects
 * are not those of the output in /status. The result object, written last, then has the right output once that run has
 * written it.
 */
@Injectable()
export class CollectStep {
  constructor(
    private readonly database: Database,
    private readonly results: EmbeddingResults,
    private readonly gpuWait: GpuWait,
    @Inject(OBJECT_STORAGE) private readonly storage: ObjectStorage,
    private readonly objects: DeliveredObjects,
    private readonly speeches: SpeechCollector,
    private readonly client: RunpodClient,
    @Inject(CONFIG) private readonly config: Pick<Config, 'embeddingBytesPerSecond' | 'testSentences'>,
  ) {}

  /** @param known the output that a poll has read already */
  async run(job: GpuJob, work: Work, known?: unknown): Promise<void> {
    const candidates = [known ?? (await this.askAgain(job)), await readResultObject(this.storage, job)];
    let problem: DeliveryProblem | null = null;
    for (const raw of candidates) {
      if (raw === undefined) continue;
      const collected = await this.collect(job, work, raw);
      if (collected.ok) return collected.commit();
      problem ??= collected;
    }
    if (problem !== null) throw refusal(problem, job.attempts);
    // Taken over from a dead worker while RunPod does not answer: polls go on.
    await this.gpuWait.start(job, null, pollDelayMs(0));
  }

  /** @returns undefined when RunPod does not answer. A job that completed with no output gives null, which is invalid. */
  private async askAgain(job: GpuJob): Promise<unknown> {
    if (job.runpodEndpoint === null || job.runpodJobId === null) return undefined;
    const status = await this.client.status(job.runpodEndpoint, job.runpodJobId);
    return status.kind === 'known' && status.state === 'COMPLETED' ? (status.output ?? null) : undefined;
  }

  private collect(job: GpuJob, work: Work, raw: unknown): Promise<Collected> {
    switch (job.kind) {
      case 'embed':
        return this.collectEmbedding(job, work, raw);
      case 'speak':
        return this.speeches.collect(job, raw);
    }
  }

  private async collectEmbedding(job: EmbedJob, work: Work, raw: unknown): Promise<Collected> {
    const samples = await samplesOf(this.database, job.voiceId);
    const testSentences = sentencesOf(job, this.config.testSentences);
    const parsed = parseOutput(raw, {
      jobId: job.id,
      ttsType: job.params.ttsType,
      samples: samples.map(({ index, durationSeconds }) => ({
        index,
        maxEmbeddingBytes: embeddingLimitBytes(durationSeconds, this.config),
      })),
      testSamples: testSamplesInOrder(
        samples.map(({ index }) => index),
        testSentences.length,
      ),
    });
    if (!parsed.ok) return { ...parsed, mayPass: false };
    const output = parsed.value;
    const copied = await this.objects.copy(job, work, output, samples);
    if (!copied.ok) return { ...copied, mayPass: true };
    const { engine, sampleScores: scores } = output;
    const { failedSamples, consentScores } = output.version === 2 ? output : { failedSamples: [], consentScores: [] };
    const speech = { language: languageOf(job), testSentences: [...testSentences] };
    const made = { engine, ...speech, scores, failedSamples, consentScores, ...copied.value };
    return { ok: true, commit: () => this.results.commit(job, made) };
  }
}

function refusal({ problem, mayPass }: DeliveryProblem, attempts: number): AppError {
  return AppError.saying(mayPass && attempts + 1 < maxLooks ? 'gpu_objects_differ' : 'gpu_output_invalid', problem);
}
