import { pino } from 'pino';
import type { StoredSampleEmbedding } from '#libs/database';
import { EmbeddingResults, EmbeddingsService, type CollectedEmbedding } from '#libs/embeddings';
import type { EmbedJob } from '#libs/jobs';
import { GarbageCollector, StoredObjectsRepository } from '#libs/retention';
import { SamplesService, SplittingService } from '#libs/samples';
import { OBJECT_STORAGE, sampleEmbeddingKey, type ObjectStorage } from '#libs/storage';
import { VoicesService, type VoiceDetails } from '#libs/voices';
import { collected, convertedSample, cutSamples, required, storedOriginal, type Domain } from './domain.js';

/** A run that was committed, with the keys of its files. */
export interface Embedded {
  readonly made: CollectedEmbedding;
  readonly files: readonly string[];
  readonly runId: string;
}

/** Voices whose samples and runs have files in the storage. */
export class RunLab {
  readonly garbage: GarbageCollector;
  private readonly storage: ObjectStorage;

  constructor(private readonly domain: Domain) {
    this.storage = domain.get<ObjectStorage>(OBJECT_STORAGE);
    const rows = new StoredObjectsRepository(domain.database);
    this.garbage = new GarbageCollector(this.storage, rows, pino({ level: 'silent' }));
  }

  details(voiceId: string): Promise<VoiceDetails> {
    return this.domain.get(VoicesService).details(voiceId);
  }

  /** The keys of all files of a voice. */
  async storedKeys(voiceId: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of this.storage.list(`voices/${voiceId}/`)) keys.push(key);
    return keys.sort();
  }

  /** The id of a new voice with uploaded samples. */
  async sampledVoice(count = 3): Promise<string> {
    const voiceId = await this.domain.emptyVoice();
    for (let n = 0; n < count; n += 1) {
      const sample = convertedSample(voiceId);
      await this.put(sample.objectKey);
      await this.domain.get(SamplesService).add(voiceId, sample);
    }
    return voiceId;
  }

  /** Embeds samples of a voice. The first one has the best score. */
  async embed(voiceId: string, indexes: readonly number[], best = 0.9, ttsType = 'kyutai'): Promise<Embedded> {
    await this.domain.get(EmbeddingsService).request(voiceId, { ttsType });
    return this.finish(voiceId, indexes, best);
  }

  /** Completes the queued embedding of a voice. */
  async finish(voiceId: string, indexes: readonly number[], best = 0.9): Promise<Embedded> {
    const job = await this.domain.claim(voiceId, 'embed');
    const made = madeOf(job, indexes, best);
    const files = [...made.sampleEmbeddings, ...made.testSamples].map(({ objectKey }) => objectKey);
    await Promise.all(files.map((key) => this.put(key)));
    await this.domain.get(EmbeddingResults).commit(job, made);
    return { made, files, runId: required((await this.details(voiceId)).embedding?.runId) };
  }

  /** Completes the queued split of a voice. */
  async split(voiceId: string): Promise<void> {
    const job = await this.domain.claim(voiceId, 'split');
    const original = job.params.first ? { original: storedOriginal(job) } : {};
    await this.domain.get(SplittingService).commit(job, { samples: cutSamples(job, 3), ...original });
  }

  /** Performs all removals as if their time had come. */
  async removeAll(): Promise<void> {
    await this.domain.database.query('UPDATE object_removals SET due_at = now(), retry_at = NULL');
    await this.garbage.removeDue();
  }

  private put(key: string): Promise<unknown> {
    return this.storage.put(key, content(), { contentType: 'audio/ogg' });
  }
}

async function* content(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('bytes');
}

/** The results of a run, of which the first sample has the best score. */
export function madeOf(job: EmbedJob, indexes: readonly number[], best = 0.9): CollectedEmbedding {
  const scores = indexes.map((sampleIndex, at) => ({ sampleIndex, score: best - at / 10 }));
  const to = { voiceId: job.voiceId, jobId: job.id, generation: job.generation };
  const sampleEmbeddings: StoredSampleEmbedding[] = scores.map(({ sampleIndex, score }) => ({
    ...{ sampleIndex, score, sampleSha256: 'cd'.repeat(32), secondsUsed: 12 },
    ...{ objectKey: sampleEmbeddingKey(to, sampleIndex), bytes: 100, sha256: 'ab'.repeat(32), crc32: 1 },
  }));
  return { ...collected(job, scores), archiveBytes: 0, sampleEmbeddings };
}
