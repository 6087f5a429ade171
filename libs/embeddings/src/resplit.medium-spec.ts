import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StoredScore } from '#libs/database';
import { SplittingService } from '#libs/samples';
import { Processing } from '#libs/processing';
import { VoicesService } from '#libs/voices';
import { collected, cutSamples, Domain, resplit, storedOriginal } from '../../../test/support/domain.js';
import { EmbeddingResults, type CollectedEmbedding } from './embedding-results.js';
import { EmbeddingsService } from './embeddings.service.js';

let domain: Domain;
let embeddings: EmbeddingsService;
beforeAll(async () => {
  domain = await Domain.open();
  embeddings = domain.get(EmbeddingsService);
});
afterAll(() => domain.close());

const details = (voiceId: string) => domain.get(VoicesService).details(voiceId);
const scores: readonly StoredScore[] = [
  { sampleIndex: 2, score: 0.92 },
  { sampleIndex: 1, score: 0.88 },
];

/** Completes the queued embedding job. */
const finishEmbedding = async (voiceId: string): Promise<CollectedEmbedding> => {
  const job = await domain.claim(voiceId, 'embed');
  const made = collected(job, scores);
  await domain.get(EmbeddingResults).commit(job, made);
  return made;
};
const embed = async (voiceId: string, ttsType: string): Promise<CollectedEmbedding> => {
  await embeddings.request(voiceId, { ttsType });
  return finishEmbedding(voiceId);
};
const split = async (voiceId: string): Promise<void> => {
  const job = await domain.claim(voiceId, 'split');
  const original = storedOriginal(job);
  const { first } = job.params;
  await domain.get(SplittingService).commit(job, { samples: cutSamples(job, 2), ...(first && { original }) });
};
/** A voice that was split, and embedded for two tts types, `other` last. */
const embeddedVoice = async (): Promise<{ voiceId: string; made: readonly CollectedEmbedding[] }> => {
  const voiceId = await domain.uploadedVoice();
  await split(voiceId);
  return { voiceId, made: [await finishEmbedding(voiceId), await embed(voiceId, 'other')] };
};

describe('a re-split of an embedded voice', () => {
  it('removes scores and test samples of every tts type, and keeps the zip', async () => {
    const { voiceId, made } = await embeddedVoice();
    await domain.get(SplittingService).request(voiceId, resplit);
    expect((await details(voiceId)).embedding?.scores).toHaveLength(2); // the old samples are shown until the split ends
    expect(await embeddings.testSamples(voiceId, 'kyutai')).toHaveLength(2);
    await split(voiceId);

    expect(await details(voiceId)).toMatchObject({
      splittingStatus: 'completed',
      embeddingStatus: 'idle',
      preferredSampleIndex: null,
      embeddingZipUrl: expect.stringContaining('http'),
      embedding: { lastUpdateStatus: 'success', stale: true, scores: [], testSamples: [] },
    });
    for (const ttsType of ['kyutai', 'other']) {
      expect(await embeddings.testSamples(voiceId, ttsType)).toEqual([]);
      const missing = { code: 'test_sample_not_found' };
      await expect(embeddings.testSample(voiceId, ttsType, 'test_1_1.opus')).rejects.toMatchObject(missing);
    }
    const zips = await domain.database.query(`SELECT zip_key FROM embeddings WHERE voice_id = $1`, [voiceId]);
    expect(zips).toHaveLength(2);
    expect(zips).toEqual(expect.arrayContaining(made.map(({ archiveKey }) => ({ zip_key: archiveKey }))));

    // Their runs keep the old audio.
    const files = made.flatMap(({ testSamples }) => testSamples.map(({ objectKey }) => objectKey));
    expect((await domain.removals()).filter(({ target }) => files.includes(target))).toEqual([]);
  });

  it('clears the preferred sample, also that of a person', async () => {
    const { voiceId } = await embeddedVoice();
    await domain.get(VoicesService).setPreferredSample(voiceId, 1);
    await domain.get(SplittingService).request(voiceId, resplit);
    await split(voiceId);
    expect(await details(voiceId)).toMatchObject({ preferredSampleIndex: null });
    await embed(voiceId, 'kyutai');
    expect(await details(voiceId)).toMatchObject({ preferredSampleIndex: 2, embedding: { stale: false } });
  });

  it('has scores and test samples again after the next embedding, only of its tts type', async () => {
    const { voiceId } = await embeddedVoice();
    await domain.get(SplittingService).request(voiceId, resplit);
    await split(voiceId);
    await embed(voiceId, 'kyutai');
    expect(await details(voiceId)).toMatchObject({
      preferredSampleIndex: 2,
      embedding: { stale: false, scores: [{ sampleIndex: 2 }, { sampleIndex: 1 }] },
    });
    expect(await embeddings.testSamples(voiceId, 'kyutai')).toHaveLength(2);
    expect(await embeddings.testSamples(voiceId, 'other')).toEqual([]);
  });

  it('keeps scores and test samples when it fails, together with their samples', async () => {
    const { voiceId } = await embeddedVoice();
    await domain.get(SplittingService).request(voiceId, resplit);
    const why = { code: 'conversion_failed', sentence: 'The recording could not be converted' } as const;
    await domain.get(Processing).failActive({ voiceId, kind: 'split' }, why);
    expect(await details(voiceId)).toMatchObject({
      preferredSampleIndex: 2,
      embedding: { stale: false, scores: [{ sampleIndex: 2 }, { sampleIndex: 1 }] },
    });
    expect(await embeddings.testSamples(voiceId, 'other')).toHaveLength(2);
  });
});
