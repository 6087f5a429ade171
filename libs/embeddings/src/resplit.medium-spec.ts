import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StoredScore } from '#libs/database';
import { SplittingService } from '#libs/samples';
import { keepReplacedSeconds } from '#libs/storage';
import { Processing, VoicesService } from '#libs/voices';
import { collected, cutSamples, Domain, resplit } from '../../../test/support/domain.js';
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

/** Lets the embedding job that is queued succeed. */
const finishEmbedding = async (voiceId: string): Promise<CollectedEmbedding> => {
  const job = await domain.claim(voiceId, 'embed');
  const made = collected(job, scores);
  await domain.get(EmbeddingResults).commit(job, made);
  return made;
};
const embed = async (voiceId: string, ttsType: string): Promise<CollectedEmbedding> => {
  await embeddings.request(voiceId, ttsType);
  return finishEmbedding(voiceId);
};
const split = async (voiceId: string): Promise<void> => {
  const job = await domain.claim(voiceId, 'split');
  const original = {
    objectKey: `voices/${voiceId}/jobs/${job.id}/1/original.opus`,
    durationSeconds: 185.4,
    missing: [],
  };
  const { first } = job.params as { first: boolean };
  await domain.get(SplittingService).commit(job, { samples: cutSamples(job, 2), ...(first && { original }) });
};
/** A voice that was split and embedded for two tts types, `other` being the last. */
const embeddedVoice = async (): Promise<{ voiceId: string; made: readonly CollectedEmbedding[] }> => {
  const voiceId = await domain.uploadedVoice();
  await split(voiceId);
  return { voiceId, made: [await finishEmbedding(voiceId), await embed(voiceId, 'other')] };
};

describe('a re-split of an embedded voice', () => {
  it('leaves no scores and no test samples of any tts type, and the zip as it was', async () => {
    const { voiceId, made } = await embeddedVoice();
    await domain.get(SplittingService).request(voiceId, resplit);
    expect((await details(voiceId)).embedding_info?.sample_scores).toHaveLength(2); // the old set is shown until the end
    expect(await embeddings.testSamples(voiceId, 'kyutai')).toHaveLength(2);
    await split(voiceId);

    expect(await details(voiceId)).toMatchObject({
      status: { splitting: 'completed', embedding: 'idle' },
      preferred_sample_index: null,
      embedding_zip_url: expect.stringContaining('http'),
      embedding_info: { last_update_status: 'success', stale: true, sample_scores: [], test_samples: [] },
    });
    for (const ttsType of ['kyutai', 'other']) {
      expect(await embeddings.testSamples(voiceId, ttsType)).toEqual([]);
      const missing = { code: 'test_sample_not_found' };
      await expect(embeddings.testSample(voiceId, ttsType, 'test_1_1.opus')).rejects.toMatchObject(missing);
    }
    const zips = await domain.database.query(`SELECT zip_key FROM embeddings WHERE voice_id = $1`, [voiceId]);
    expect(zips).toHaveLength(2);
    expect(zips).toEqual(expect.arrayContaining(made.map(({ zipKey }) => ({ zip_key: zipKey }))));

    // A player may still be reading the old audio; then it goes.
    const files = made.flatMap(({ testSamples }) => testSamples.map(({ objectKey }) => objectKey));
    const going = (await domain.removals()).filter(({ target }) => files.includes(target));
    expect(going.map(({ target }) => target).sort()).toEqual([...files].sort());
    for (const { inSeconds } of going) expect(inSeconds).toBeCloseTo(keepReplacedSeconds, -2);
  });

  it('has scores and test samples again after the next embedding, of its tts type alone', async () => {
    const { voiceId } = await embeddedVoice();
    await domain.get(SplittingService).request(voiceId, resplit);
    await split(voiceId);
    await embed(voiceId, 'kyutai');
    expect(await details(voiceId)).toMatchObject({
      preferred_sample_index: 2,
      embedding_info: { stale: false, sample_scores: [{ sample_index: 2 }, { sample_index: 1 }] },
    });
    expect(await embeddings.testSamples(voiceId, 'kyutai')).toHaveLength(2);
    expect(await embeddings.testSamples(voiceId, 'other')).toEqual([]);
  });

  it('that fails keeps scores and test samples with the samples they are of', async () => {
    const { voiceId } = await embeddedVoice();
    await domain.get(SplittingService).request(voiceId, resplit);
    const why = { code: 'conversion_failed', sentence: 'The recording could not be converted' } as const;
    await domain.get(Processing).failActive(voiceId, 'split', why);
    expect(await details(voiceId)).toMatchObject({
      preferred_sample_index: 2,
      embedding_info: { stale: false, sample_scores: [{ sample_index: 2 }, { sample_index: 1 }] },
    });
    expect(await embeddings.testSamples(voiceId, 'other')).toHaveLength(2);
  });
});
