import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StoredScore } from '#libs/database';
import { LostClaim, type ClaimedJob } from '#libs/jobs';
import { SamplesService, SplittingService } from '#libs/samples';
import { Processing, VoicesService } from '#libs/voices';
import { collected, convertedSample, cutSamples, Domain, required, resplit } from '../../../test/support/domain.js';
import { EmbeddingResults } from './embedding-results.js';
import { EmbeddingsService } from './embeddings.service.js';

let domain: Domain;
let embeddings: EmbeddingsService;
let results: EmbeddingResults;
beforeAll(async () => {
  domain = await Domain.open();
  embeddings = domain.get(EmbeddingsService);
  results = domain.get(EmbeddingResults);
});
afterAll(() => domain.close());

const details = (voiceId: string) => domain.get(VoicesService).details(voiceId);

const sampledVoice = async (sampleCount = 3): Promise<string> => {
  const voiceId = await domain.emptyVoice();
  for (let n = 0; n < sampleCount; n++) await domain.get(SamplesService).add(voiceId, convertedSample(voiceId));
  return voiceId;
};

const embed = async (voiceId: string, scores: readonly StoredScore[], ttsType?: string): Promise<ClaimedJob> => {
  await embeddings.request(voiceId, ttsType);
  const job = await domain.claim(voiceId, 'embed');
  await results.commit(job, collected(job, scores));
  return job;
};
const failEmbedding = async (voiceId: string, ttsType?: string): Promise<void> => {
  await embeddings.request(voiceId, ttsType);
  const why = { code: 'gpu_failed', sentence: 'The embedding failed: out of memory' } as const;
  await domain.get(Processing).failActive(voiceId, 'embed', why);
};

const scores: readonly StoredScore[] = [
  { sampleIndex: 1, score: 0.88 },
  { sampleIndex: 3, score: 0.92 },
];

describe('a request to embed', () => {
  it('made fifty times at once is one embedding and 49 refusals', async () => {
    const voiceId = await sampledVoice(1);
    const requests = await Promise.allSettled(
      Array.from({ length: 50 }, (_, n) => embeddings.request(voiceId, n % 2 ? 'other' : 'kyutai')),
    );
    expect(requests.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const codes = requests.flatMap((r) => (r.status === 'rejected' ? [(r.reason as { code: string }).code] : []));
    expect(codes).toEqual(Array(49).fill('voice_locked'));
    expect(await domain.count('jobs WHERE voice_id = $1', [voiceId])).toBe(1);
    const { params } = await domain.row('jobs', await domain.jobId(voiceId, 'embed'));
    expect(params).toEqual({ ttsType: (await details(voiceId)).embedding_type });
  });

  it('needs samples and a tts type there is an endpoint for', async () => {
    const voiceId = await domain.emptyVoice();
    await expect(embeddings.request(voiceId, undefined)).rejects.toMatchObject({ code: 'no_samples' });
    await expect(embeddings.request(voiceId, 'unheard-of')).rejects.toMatchObject({
      code: 'invalid_parameter',
      message: 'tts_type must be one of kyutai, other',
    });
  });

  it('makes its tts type the voice’s, and the next without one uses it', async () => {
    const voiceId = await sampledVoice();
    await embed(voiceId, scores, 'other');
    const asked = await embeddings.request(voiceId, undefined);
    expect(asked).toMatchObject({ embedding_type: 'other', status: { embedding: 'in_progress' } });
  });
});

describe('a run that went well', () => {
  it('shows zip, scores best first, test samples and the best sample, and forgets the inbox', async () => {
    const voiceId = await sampledVoice();
    const job = await embed(voiceId, scores);
    expect(await details(voiceId)).toMatchObject({
      status: { embedding: 'completed' },
      preferred_sample_index: 3,
      embedding_zip_url: expect.stringContaining('http'),
      embedding_info: {
        tts_type: 'kyutai',
        last_update_status: 'success',
        stale: false,
        sample_scores: [
          { sample_index: 3, score: 0.92 },
          { sample_index: 1, score: 0.88 },
        ],
        test_samples: [
          { sample_index: 1, sentence_index: 1, filename: 'test_1_1.opus' },
          { sample_index: 3, sentence_index: 1, filename: 'test_3_1.opus' },
        ],
      },
    });
    expect(await embeddings.testSamples(voiceId, 'kyutai')).toEqual([
      { sample_index: 1, sentence_index: 1, filename: 'test_1_1.opus', duration: 3.2 },
      { sample_index: 3, sentence_index: 1, filename: 'test_3_1.opus', duration: 3.2 },
    ]);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'completed' });
    const removal = (await domain.removals()).find(({ target }) => target === collected(job, []).inboxPrefix);
    expect(removal?.inSeconds).toBeLessThanOrEqual(900); // a quarter of an hour, less what has passed since
    expect(removal?.inSeconds).toBeGreaterThan(600);
  });

  it('takes the place of the last, whose bytes stay while a URL may be in use', async () => {
    const voiceId = await sampledVoice();
    const first = await embed(voiceId, scores);
    await embed(voiceId, [{ sampleIndex: 2, score: 0.1 }]);
    expect((await embeddings.testSamples(voiceId, 'kyutai')).map(({ filename }) => filename)).toEqual([
      'test_2_1.opus',
    ]);
    const { zipKey, testSamples } = collected(first, scores);
    const old = [zipKey, ...testSamples.map(({ objectKey }) => objectKey)];
    const going = (await domain.removals()).filter(({ target }) => old.includes(target));
    expect(going.map(({ target }) => target).sort()).toEqual(old.sort());
    for (const { inSeconds } of going) expect(inSeconds).toBeGreaterThan(3_600);
  });

  it('shows nothing when its claim was lost', async () => {
    const voiceId = await sampledVoice();
    await embeddings.request(voiceId, undefined);
    const loser = await domain.claim(voiceId, 'embed');
    await domain.expireLease(loser.id);
    await domain.claim(voiceId, 'embed');
    await expect(results.commit(loser, collected(loser, scores))).rejects.toThrow(LostClaim);
    expect(await details(voiceId)).toMatchObject({ status: { embedding: 'in_progress' }, embedding_info: null });
    expect(await embeddings.testSamples(voiceId, 'kyutai')).toEqual([]);
  });

  it('keeps each tts type’s results, and details tell of the current one', async () => {
    const voiceId = await sampledVoice();
    await embed(voiceId, scores);
    await embed(voiceId, [{ sampleIndex: 2, score: 0.5 }], 'other');
    expect(await details(voiceId)).toMatchObject({ embedding_type: 'other', preferred_sample_index: 2 });
    expect(await embeddings.testSamples(voiceId, 'kyutai')).toHaveLength(2);
    expect(await embeddings.testSamples(voiceId, 'other')).toHaveLength(1);
  });

  it('may have more test samples than fit into one statement', async () => {
    const voiceId = await sampledVoice(1);
    await embeddings.request(voiceId, undefined);
    const job = await domain.claim(voiceId, 'embed');
    const [test] = collected(job, scores).testSamples;
    const testSamples = Array.from({ length: 8_200 }, (_, n) => ({ ...required(test), sentenceIndex: n + 1 }));
    await results.commit(job, { ...collected(job, scores), testSamples });
    expect(await domain.count('test_samples WHERE voice_id = $1', [voiceId])).toBe(8_200);
  });

  it('without scores prefers nothing', async () => {
    const voiceId = await sampledVoice();
    await embed(voiceId, []);
    expect(await details(voiceId)).toMatchObject({
      preferred_sample_index: null,
      embedding_info: { sample_scores: [] },
    });
  });
});

describe('a run that failed', () => {
  it('keeps the last good zip, scores and test samples, and says so', async () => {
    const voiceId = await sampledVoice();
    await embed(voiceId, scores);
    const good = await details(voiceId);
    await failEmbedding(voiceId);
    expect(await details(voiceId)).toMatchObject({
      status: { embedding: 'failed' },
      errors: { embedding: 'The embedding failed: out of memory' },
      preferred_sample_index: 3,
      embedding_zip_url: expect.stringContaining('http'),
      embedding_info: {
        last_update_status: 'failed',
        stale: false,
        sample_scores: good.embedding_info?.sample_scores,
        test_samples: good.embedding_info?.test_samples,
      },
    });
  });

  it('first of all leaves no zip to link to', async () => {
    const voiceId = await sampledVoice();
    await failEmbedding(voiceId);
    expect(await details(voiceId)).toMatchObject({
      embedding_zip_url: null,
      embedding_info: { last_update_status: 'failed', sample_scores: [], test_samples: [] },
    });
    await embed(voiceId, scores);
    expect(await details(voiceId)).toMatchObject({ errors: { embedding: null }, status: { embedding: 'completed' } });
  });
});

describe('the preferred sample', () => {
  const preferred = async (voiceId: string): Promise<number | null> => (await details(voiceId)).preferred_sample_index;

  it('is the best of the last good run, until a person chooses', async () => {
    const voiceId = await sampledVoice();
    await embed(voiceId, scores);
    await embed(voiceId, [{ sampleIndex: 2, score: 0.3 }]);
    expect(await preferred(voiceId)).toBe(2);
    await domain.get(VoicesService).setPreferredSample(voiceId, 1);
    await embed(voiceId, scores);
    expect(await preferred(voiceId)).toBe(1);
  });

  it('is automatic again from the next run on when a person clears it', async () => {
    const voiceId = await sampledVoice();
    await domain.get(VoicesService).setPreferredSample(voiceId, 1);
    await domain.get(VoicesService).setPreferredSample(voiceId, null);
    expect(await preferred(voiceId)).toBeNull();
    await embed(voiceId, scores);
    expect(await preferred(voiceId)).toBe(3);
  });

  it('is automatic again when the chosen sample is deleted', async () => {
    const voiceId = await sampledVoice();
    await domain.get(VoicesService).setPreferredSample(voiceId, 2);
    await domain.get(SamplesService).remove(voiceId, 2);
    await embed(voiceId, scores);
    expect(await preferred(voiceId)).toBe(3);
  });

  it('does not outlive a re-split', async () => {
    const voiceId = await domain.uploadedVoice();
    const split = await domain.claim(voiceId, 'split');
    await domain.get(SplittingService).commit(split, {
      samples: cutSamples(split, 3),
      original: { objectKey: `voices/${voiceId}/o`, durationSeconds: 45, missing: [] },
    });
    const first = await domain.claim(voiceId, 'embed');
    await results.commit(first, collected(first, scores));
    await domain.get(VoicesService).setPreferredSample(voiceId, 2);
    await domain.get(SplittingService).request(voiceId, resplit);
    const again = await domain.claim(voiceId, 'split');
    await domain.get(SplittingService).commit(again, { samples: cutSamples(again, 3) });
    expect(await details(voiceId)).toMatchObject({
      preferred_sample_index: null,
      status: { embedding: 'idle' },
      embedding_info: { stale: true },
    });
    await embed(voiceId, scores);
    expect(await details(voiceId)).toMatchObject({ preferred_sample_index: 3, embedding_info: { stale: false } });
  });
});

describe('test samples', () => {
  it('are found by name, in their tts type alone', async () => {
    const voiceId = await sampledVoice();
    const job = await embed(voiceId, scores);
    const found = await embeddings.testSample(voiceId, 'kyutai', 'test_3_1.opus');
    expect(found.objectKey).toBe(required(collected(job, scores).testSamples[1]).objectKey);
    for (const [ttsType, name] of [
      ['other', 'test_3_1.opus'],
      ['kyutai', 'test_2_1.opus'],
      ['kyutai', 'test_3_999999999.opus'],
      ['kyutai', '../test_3_1.opus'],
    ] as const) {
      await expect(embeddings.testSample(voiceId, ttsType, name)).rejects.toMatchObject({
        code: 'test_sample_not_found',
      });
    }
  });

  it('are deleted of one tts type; zip and scores stay; also when there are none', async () => {
    const voiceId = await sampledVoice();
    await embed(voiceId, scores, 'other');
    await embed(voiceId, scores, 'kyutai');
    await embeddings.deleteTestFiles(voiceId, 'kyutai');
    await embeddings.deleteTestFiles(voiceId, 'kyutai');
    await embeddings.deleteTestFiles(voiceId, 'never-configured');
    expect(await embeddings.testSamples(voiceId, 'kyutai')).toEqual([]);
    expect(await embeddings.testSamples(voiceId, 'other')).toHaveLength(2);
    const { embedding_info, embedding_zip_url } = await details(voiceId);
    expect(embedding_info).toMatchObject({ test_samples: [], last_update_status: 'success' });
    expect(embedding_info?.sample_scores).toHaveLength(2);
    expect(embedding_zip_url).not.toBeNull();
    expect(
      (await domain.removals()).filter(({ target }) => target.includes(`${voiceId}/`) && target.includes('/test/')),
    ).toHaveLength(2);
  });

  it('are not deleted while the voice is locked', async () => {
    const voiceId = await sampledVoice();
    await embeddings.request(voiceId, undefined);
    await expect(embeddings.deleteTestFiles(voiceId, 'kyutai')).rejects.toMatchObject({ code: 'voice_locked' });
  });
});
