import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StoredSampleEmbedding } from '#libs/database';
import type { EmbedJob } from '#libs/jobs';
import { SamplesService } from '#libs/samples';
import { embeddingZipKey, sampleEmbeddingKey } from '#libs/storage';
import { VoicesService } from '#libs/voices';
import { collected, convertedSample, Domain } from '../../../test/support/domain.js';
import { EmbeddingResults } from './embedding-results.js';
import { EmbeddingsService } from './embeddings.service.js';

let domain: Domain;
let embeddings: EmbeddingsService;
beforeAll(async () => {
  domain = await Domain.open();
  embeddings = domain.get(EmbeddingsService);
});
afterAll(() => domain.close());

const generation = (job: EmbedJob) => ({ voiceId: job.voiceId, jobId: job.id, generation: job.generation });
const embeddingOf = (job: EmbedJob, sampleIndex: number, sampleSha256 = 'cd'.repeat(32)): StoredSampleEmbedding => ({
  sampleIndex,
  sampleSha256,
  score: 0.5,
  secondsUsed: 12,
  objectKey: sampleEmbeddingKey(generation(job), sampleIndex),
  bytes: 9_340_728,
  sha256: 'ab'.repeat(32),
  crc32: 0xdeadbeef,
});

const sampledVoice = async (): Promise<string> => {
  const voiceId = await domain.emptyVoice();
  for (let n = 0; n < 3; n++) await domain.get(SamplesService).add(voiceId, convertedSample(voiceId));
  return voiceId;
};

/** Embeds with contract version 2 the samples that are named, or with version 1 if none is. */
const embed = async (voiceId: string, ...samples: readonly number[]): Promise<EmbedJob> => {
  await embeddings.request(voiceId, {});
  const job = await domain.claim(voiceId, 'embed');
  const sampleEmbeddings = samples.map((index) => embeddingOf(job, index));
  await domain.get(EmbeddingResults).commit(job, { ...collected(job, []), sampleEmbeddings });
  return job;
};

describe('EmbeddingsService.archiveOf', () => {
  it('returns what the archives of the current and of the replaced run are made of', async () => {
    const voiceId = await sampledVoice();
    const [first, second] = [await embed(voiceId, 1, 2, 3), await embed(voiceId, 1, 3)];
    const madeBy = { voiceId, ttsType: 'kyutai', language: 'en', engine: { name: 'acoustic-baseline' } };
    expect(await embeddings.archiveOf(embeddingZipKey(generation(first)))).toMatchObject({
      ...madeBy,
      sampleEmbeddings: [1, 2, 3].map((index) => embeddingOf(first, index)),
    });
    expect(await embeddings.archiveOf(embeddingZipKey(generation(second)))).toMatchObject({
      ...madeBy,
      sampleEmbeddings: [1, 3].map((index) => embeddingOf(second, index)),
    });
  });

  it('returns null for a run of contract version 1, for a key without a run, and once the voice is deleted', async () => {
    const voiceId = await sampledVoice();
    const [old, job] = [await embed(voiceId), await embed(voiceId, 1)];
    expect(await embeddings.archiveOf(embeddingZipKey(generation(old)))).toBeNull();
    expect(await embeddings.archiveOf(`voices/${voiceId}/original.opus`)).toBeNull();
    await domain.get(VoicesService).remove(voiceId);
    expect(await embeddings.archiveOf(embeddingZipKey(generation(job)))).toBeNull();
  });
});

describe('EmbeddingsService.sampleEmbedding', () => {
  it('returns the embedding of one sample in the current run', async () => {
    const voiceId = await sampledVoice();
    await embed(voiceId, 1, 2, 3);
    const job = await embed(voiceId, 1, 3);
    expect(await embeddings.sampleEmbedding(voiceId, 'kyutai', 3)).toEqual(embeddingOf(job, 3));
  });

  it('throws embedding_not_found for a sample that was not embedded, and for another tts type', async () => {
    const voiceId = await sampledVoice();
    const notFound = { code: 'embedding_not_found', message: 'Embedding not found' };
    await expect(embeddings.sampleEmbedding(voiceId, 'kyutai', 1)).rejects.toMatchObject(notFound);
    await embed(voiceId, 1, 3);
    await expect(embeddings.sampleEmbedding(voiceId, 'kyutai', 2)).rejects.toMatchObject(notFound);
    await expect(embeddings.sampleEmbedding(voiceId, 'other', 1)).rejects.toMatchObject(notFound);
  });

  it('throws no_single_embeddings when the run is of contract version 1, also without a row of it', async () => {
    const voiceId = await sampledVoice();
    await embed(voiceId);
    const refused = { code: 'no_single_embeddings' };
    await expect(embeddings.sampleEmbedding(voiceId, 'kyutai', 1)).rejects.toMatchObject(refused);
    await domain.database.query(`DELETE FROM embedding_runs WHERE voice_id = $1`, [voiceId]);
    await expect(embeddings.sampleEmbedding(voiceId, 'kyutai', 1)).rejects.toMatchObject(refused);
  });

  it('returns that of the preferred sample for no index, and throws no_preferred_sample if there is none', async () => {
    const voiceId = await sampledVoice();
    await expect(embeddings.sampleEmbedding(voiceId, 'kyutai', null)).rejects.toMatchObject({
      code: 'embedding_not_found',
    });
    const job = await embed(voiceId, 1, 3);
    await domain.get(VoicesService).setPreferredSample(voiceId, 3);
    expect(await embeddings.sampleEmbedding(voiceId, 'kyutai', null)).toEqual(embeddingOf(job, 3));
    await domain.get(VoicesService).setPreferredSample(voiceId, null);
    await expect(embeddings.sampleEmbedding(voiceId, 'kyutai', null)).rejects.toMatchObject({
      code: 'no_preferred_sample',
    });
  });

  it('throws voice_not_found once the voice is deleted', async () => {
    const voiceId = await sampledVoice();
    await domain.get(VoicesService).remove(voiceId);
    await expect(embeddings.sampleEmbedding(voiceId, 'kyutai', 1)).rejects.toMatchObject({ code: 'voice_not_found' });
  });

  it('throws embedding_not_found when its index now means other audio', async () => {
    const voiceId = await sampledVoice();
    await embed(voiceId, 1, 3);
    await domain.database.query(`UPDATE samples SET sha256 = $2 WHERE voice_id = $1 AND index = 3`, [
      voiceId,
      'ef'.repeat(32),
    ]);
    await expect(embeddings.sampleEmbedding(voiceId, 'kyutai', 3)).rejects.toMatchObject({
      code: 'embedding_not_found',
    });
    expect(await embeddings.sampleEmbedding(voiceId, 'kyutai', 1)).toMatchObject({ sampleIndex: 1 });
  });

  it.each([0, 4, 2_147_483_648])('throws sample_not_found for the index %s', async (index) => {
    const voiceId = await sampledVoice();
    await embed(voiceId, 1, 2, 3);
    await expect(embeddings.sampleEmbedding(voiceId, 'kyutai', index)).rejects.toMatchObject({
      code: 'sample_not_found',
    });
  });

  it('throws sample_not_found once the sample is deleted', async () => {
    const voiceId = await sampledVoice();
    await embed(voiceId, 1, 2);
    await domain.get(SamplesService).remove(voiceId, 1);
    await expect(embeddings.sampleEmbedding(voiceId, 'kyutai', 1)).rejects.toMatchObject({ code: 'sample_not_found' });
  });
});

describe('VoicesService.details', () => {
  it('names the run, engine, language and sentences of the last successful embedding', async () => {
    const voiceId = await sampledVoice();
    expect((await domain.get(VoicesService).details(voiceId)).embedding).toBeNull();
    const job = await embed(voiceId, 1);
    const [run] = await domain.database.query<{ id: string }>(`SELECT id FROM embedding_runs WHERE archive_key = $1`, [
      embeddingZipKey(generation(job)),
    ]);
    expect((await domain.get(VoicesService).details(voiceId)).embedding).toMatchObject({
      runId: run?.id,
      engine: { name: 'acoustic-baseline', version: '1', model: null, revision: null, scorer: 'bhattacharyya' },
      language: 'en',
      testSentences: ['The quick brown fox jumps over the lazy dog.'],
    });
  });
});
