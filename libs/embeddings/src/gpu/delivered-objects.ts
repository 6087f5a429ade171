import { Inject, Injectable } from '@nestjs/common';
import type { RunTestSample, SampleEntity, StoredSampleEmbedding } from '#libs/database';
import type { EmbedJob, Work } from '#libs/jobs';
import type { EmbeddingOutput, Reading } from '#libs/runpod';
import {
  embeddingZipKey,
  inboxEmbeddingZipKey,
  inboxPrefix,
  inboxSampleEmbeddingKey,
  inboxTestSampleKey,
  OBJECT_STORAGE,
  sampleEmbeddingKey,
  testSampleKey,
  type GenerationId,
  type ObjectStorage,
  type StoredObject,
} from '#libs/storage';

/** Test samples copied at a time. */
const testSamplesAtATime = 8;

/** Embeddings copied at a time. They may have many megabytes each, of which S3 holds three parts of 8 MiB in memory. */
const embeddingsAtATime = 2;

/** The objects of an output, copied to keys that nobody else can write. */
export interface CopiedObjects {
  /** Version 2: no object has this key. */
  readonly archiveKey: string;
  /** Size of the archive; 0 in version 2, whose archive is made while it is sent. */
  readonly archiveBytes: number;
  /** By sample index; empty for version 1. */
  readonly sampleEmbeddings: StoredSampleEmbedding[];
  readonly testSamples: readonly RunTestSample[];
  /** The inbox, which is not needed any more. */
  readonly inboxPrefix: string;
}

type Copied<T> = Promise<Reading<T>>;

/**
 * Copies what a handler has delivered out of its inbox into the folder of the generation that collects it, with sizes
 * and checksums verified. May run twice: each generation has a folder of its own.
 */
@Injectable()
export class DeliveredObjects {
  constructor(@Inject(OBJECT_STORAGE) private readonly storage: ObjectStorage) {}

  /** @returns one sentence that says which object is missing or another one, if one is */
  async copy(
    job: EmbedJob,
    work: Work,
    output: EmbeddingOutput,
    samples: readonly SampleEntity[],
  ): Copied<CopiedObjects> {
    const to: GenerationId = { voiceId: job.voiceId, jobId: job.id, generation: job.generation };
    const from: GenerationId = { ...to, generation: job.submittedGeneration ?? job.generation };
    const archiveKey = embeddingZipKey(to);
    const sampleEmbeddings = await this.copyEmbeddings(from, to, work, output, samples);
    if (!sampleEmbeddings.ok) return sampleEmbeddings;
    const testSamples = await copyEach(output.testSamples, testSamplesAtATime, work, async (test) => {
      const { sampleIndex, sentenceIndex } = test;
      const objectKey = testSampleKey(to, sampleIndex, sentenceIndex);
      const inboxKey = inboxTestSampleKey(from, sampleIndex, sentenceIndex);
      const copied = await this.copyObject(inboxKey, objectKey, test, `test sample ${sampleIndex}_${sentenceIndex}`);
      return copied.ok ? { ok: true, value: { ...test, objectKey } } : copied;
    });
    if (!testSamples.ok) return testSamples;
    const archiveBytes = output.version === 1 ? output.embeddingZip.bytes : 0;
    const value = {
      archiveKey,
      archiveBytes,
      sampleEmbeddings: sampleEmbeddings.value,
      testSamples: testSamples.value,
    };
    return { ok: true, value: { ...value, inboxPrefix: inboxPrefix(from) } };
  }

  private async copyEmbeddings(
    from: GenerationId,
    to: GenerationId,
    work: Work,
    output: EmbeddingOutput,
    samples: readonly SampleEntity[],
  ): Copied<StoredSampleEmbedding[]> {
    if (output.version === 1) {
      const [inboxKey, zipKey] = [inboxEmbeddingZipKey(from), embeddingZipKey(to)];
      const zip = await this.copyObject(inboxKey, zipKey, output.embeddingZip, 'the embedding zip');
      return zip.ok ? { ok: true, value: [] } : zip;
    }
    const hashes = new Map(samples.map(({ index, sha256 }) => [index, sha256]));
    const scores = new Map(output.sampleScores.map(({ sampleIndex, score }) => [sampleIndex, score]));
    return copyEach(output.embeddings, embeddingsAtATime, work, async (made) => {
      const { sampleIndex, secondsUsed, bytes, sha256 } = made;
      const objectKey = sampleEmbeddingKey(to, sampleIndex);
      const inboxKey = inboxSampleEmbeddingKey(from, sampleIndex);
      const copied = await this.copyObject(inboxKey, objectKey, made, `the embedding of sample ${sampleIndex}`);
      if (!copied.ok) return copied;
      const sampleSha256 = hashes.get(sampleIndex) ?? '';
      const ofSample = { sampleIndex, sampleSha256, score: scores.get(sampleIndex) ?? null, secondsUsed };
      return { ok: true, value: { ...ofSample, objectKey, bytes, sha256, crc32: copied.value.crc32 } };
    });
  }

  /**
   * Copies one object.
   *
   * @param what for the sentence, such as `the speech`
   * @returns the CRC-32 of the bytes that were copied
   */
  async copyObject(
    from: string,
    to: string,
    { bytes, sha256 }: StoredObject,
    what: string,
  ): Copied<{ readonly crc32: number }> {
    const result = await this.storage.copyVerified(from, to, { bytes, sha256 });
    switch (result.kind) {
      case 'copied':
        return { ok: true, value: { crc32: result.crc32 } };
      case 'missing':
        return { ok: false, problem: `The embedding service did not deliver ${what}` };
      case 'different':
        return { ok: false, problem: `The embedding service delivered other bytes of ${what} than it said` };
    }
  }
}

/** Copies some items at a time, up to the first that cannot be copied. */
async function copyEach<T, C>(
  items: readonly T[],
  atATime: number,
  work: Work,
  copy: (item: T) => Copied<C>,
): Copied<C[]> {
  const copies: C[] = [];
  for (let at = 0; at < items.length; at += atATime) {
    work.signal.throwIfAborted();
    for (const copied of await Promise.all(items.slice(at, at + atATime).map(copy))) {
      if (!copied.ok) return copied;
      copies.push(copied.value);
    }
  }
  return { ok: true, value: copies };
}
