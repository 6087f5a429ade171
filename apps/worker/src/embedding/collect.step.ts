import { EmbeddingResults, type CollectedEmbedding, type CollectedTestSample } from '#libs/embeddings';
import { AppError } from '#libs/errors';
import type { ClaimedJob, Work } from '#libs/jobs';
import {
  parseOutput,
  pollDelayMs,
  RunpodClient,
  testSamplesInOrder,
  type EmbeddingOutput,
  type Reading,
} from '#libs/runpod';
import { SamplesService } from '#libs/samples';
import {
  embeddingZipKey,
  inboxEmbeddingZipKey,
  inboxPrefix,
  inboxTestSampleKey,
  testSampleKey,
  type GenerationId,
  type ObjectStorage,
  type StoredObject,
} from '#libs/storage';
import { GpuWait } from './gpu-wait.js';
import { ttsTypeOf } from './poll.step.js';
import { readResultObject } from './result-object.js';

export interface CollectOptions {
  readonly sentenceCount: number;
}

/** Looks at objects that are not what the output says, before they are believed to stay so: some 15 s. */
const looks = 5;

/** What is wrong with what was delivered. Objects that differ may be those of another run that is still at work. */
interface Problem {
  readonly ok: false;
  readonly problem: string;
  readonly mayPass: boolean;
}

type Collected = { readonly ok: true; readonly value: CollectedEmbedding } | Problem;

/** Copies at a time. */
const copiesAtATime = 8;

/**
 * Makes what the GPU side delivered ours: the output is checked against the contract, the objects are copied out of the
 * inbox with size and checksum verified, and one transaction makes them visible.
 *
 * May run twice: each claim copies to its own generation's folder. RunPod may run a handler twice, so that the objects
 * are those of another run than /status told of; the result object, written last, then tells the truth, once that run
 * has written it.
 */
export class CollectStep {
  constructor(
    private readonly results: EmbeddingResults,
    private readonly gpuWait: GpuWait,
    private readonly samples: SamplesService,
    private readonly storage: ObjectStorage,
    private readonly client: RunpodClient,
    private readonly options: CollectOptions,
  ) {}

  /** @param known the output a poll has read already */
  async run(job: ClaimedJob, work: Work, known?: unknown): Promise<void> {
    const candidates = [known ?? (await this.askAgain(job)), await readResultObject(this.storage, job)];
    let problem: Problem | null = null;
    for (const raw of candidates) {
      if (raw === undefined) continue;
      const collected = await this.collect(job, work, raw);
      if (collected.ok) return this.results.commit(job, collected.value);
      problem ??= collected;
    }
    if (problem !== null) throw refusal(problem, job.attempts);
    // Taken over from a worker that died, and RunPod does not answer now: polls go on.
    await this.gpuWait.begin(job, null, pollDelayMs(0));
  }

  /** @returns undefined when RunPod does not say; a job that completed with nothing said null, which is no output */
  private async askAgain(job: ClaimedJob): Promise<unknown> {
    if (job.runpodEndpoint === null || job.runpodJobId === null) return undefined;
    const status = await this.client.status(job.runpodEndpoint, job.runpodJobId);
    return status.kind === 'known' && status.state === 'COMPLETED' ? (status.output ?? null) : undefined;
  }

  private async collect(job: ClaimedJob, work: Work, raw: unknown): Promise<Collected> {
    const samples = await this.samples.list(job.voiceId);
    const sampleIndexes = samples.map((sample) => sample.index);
    const output = parseOutput(raw, {
      jobId: job.id,
      ttsType: ttsTypeOf(job),
      sampleIndexes,
      testSamples: testSamplesInOrder(sampleIndexes, this.options.sentenceCount),
    });
    if (!output.ok) return { ...output, mayPass: false };
    const copied = await this.copyAll(job, work, output.value);
    return copied.ok ? copied : { ...copied, mayPass: true };
  }

  private async copyAll(job: ClaimedJob, work: Work, output: EmbeddingOutput): Promise<Reading<CollectedEmbedding>> {
    const to: GenerationId = { voiceId: job.voiceId, jobId: job.id, generation: job.generation };
    const from: GenerationId = { ...to, generation: job.submittedGeneration ?? job.generation };
    const zipKey = embeddingZipKey(to);
    const zip = await this.copy(inboxEmbeddingZipKey(from), zipKey, output.embeddingZip, 'the embedding zip');
    if (!zip.ok) return zip;

    const testSamples: CollectedTestSample[] = [];
    for (let at = 0; at < output.testSamples.length; at += copiesAtATime) {
      work.signal.throwIfAborted();
      const copies = output.testSamples.slice(at, at + copiesAtATime).map(async (test) => {
        const { sampleIndex, sentenceIndex } = test;
        const objectKey = testSampleKey(to, sampleIndex, sentenceIndex);
        const copied = await this.copy(
          inboxTestSampleKey(from, sampleIndex, sentenceIndex),
          objectKey,
          test,
          `test sample ${sampleIndex}_${sentenceIndex}`,
        );
        return copied.ok ? { ok: true as const, value: { ...test, objectKey } } : copied;
      });
      for (const copied of await Promise.all(copies)) {
        if (!copied.ok) return copied;
        testSamples.push(copied.value);
      }
    }
    return { ok: true, value: { zipKey, scores: output.sampleScores, testSamples, inboxPrefix: inboxPrefix(from) } };
  }

  private async copy(from: string, to: string, expected: StoredObject, what: string): Promise<Reading<null>> {
    const result = await this.storage.copyVerified(from, to, { bytes: expected.bytes, sha256: expected.sha256 });
    switch (result.kind) {
      case 'copied':
        return { ok: true, value: null };
      case 'missing':
        return { ok: false, problem: `The embedding service did not deliver ${what}` };
      case 'different':
        return { ok: false, problem: `The embedding service delivered other bytes of ${what} than it said` };
    }
  }
}

function refusal({ problem, mayPass }: Problem, attempts: number): AppError {
  return AppError.saying(mayPass && attempts + 1 < looks ? 'gpu_objects_differ' : 'gpu_output_invalid', problem);
}
