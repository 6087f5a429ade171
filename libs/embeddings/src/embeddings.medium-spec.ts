import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StoredScore } from '#libs/database';
import { LostClaim, type EmbedJob } from '#libs/jobs';
import { SamplesService } from '#libs/samples';
import { Processing } from '#libs/processing';
import { VoicesService } from '#libs/voices';
import { collected, convertedSample, Domain, required } from '../../../test/support/domain.js';
import { goodFigures } from '../../../test/support/quality-figures.js';
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

const sampledVoice = async (sampleCount = 3, snrDb: readonly number[] = []): Promise<string> => {
  const voiceId = await domain.emptyVoice();
  for (let n = 0; n < sampleCount; n++) {
    const quality = { ...goodFigures, snrDb: snrDb[n] ?? goodFigures.snrDb };
    await domain.get(SamplesService).add(voiceId, { ...convertedSample(voiceId), quality });
  }
  return voiceId;
};

const embed = async (voiceId: string, scores: readonly StoredScore[], ttsType?: string): Promise<EmbedJob> => {
  await embeddings.request(voiceId, { ttsType });
  const job = await domain.claim(voiceId, 'embed');
  await results.commit(job, collected(job, scores));
  return job;
};
const failEmbedding = async (voiceId: string, ttsType?: string): Promise<void> => {
  await embeddings.request(voiceId, { ttsType });
  const why = { code: 'gpu_failed', sentence: 'The embedding failed: out of memory' } as const;
  await domain.get(Processing).failActive({ voiceId, kind: 'embed' }, why);
};

const scores: readonly StoredScore[] = [
  { sampleIndex: 1, score: 0.88 },
  { sampleIndex: 3, score: 0.92 },
];

describe('EmbeddingsService.request', () => {
  it('starts one embedding for fifty concurrent requests and refuses 49', async () => {
    const voiceId = await sampledVoice(1);
    const requests = await Promise.allSettled(
      Array.from({ length: 50 }, (_, n) => embeddings.request(voiceId, { ttsType: n % 2 ? 'other' : 'kyutai' })),
    );
    expect(requests.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const codes = requests.flatMap((r) => (r.status === 'rejected' ? [(r.reason as { code: string }).code] : []));
    expect(codes).toEqual(Array(49).fill('voice_locked'));
    expect(await domain.count('jobs WHERE voice_id = $1', [voiceId])).toBe(1);
    const { params } = await domain.row('jobs', await domain.jobId(voiceId, 'embed'));
    expect(params).toMatchObject({ ttsType: (await details(voiceId)).embeddingType });
  });

  it('requires samples and a tts type with an endpoint', async () => {
    const voiceId = await domain.emptyVoice();
    await expect(embeddings.request(voiceId, {})).rejects.toMatchObject({ code: 'no_samples' });
    await expect(embeddings.request(voiceId, { ttsType: 'unheard-of' })).rejects.toMatchObject({
      code: 'invalid_parameter',
      message: 'tts_type must be one of kyutai, other',
    });
  });

  it('stores its tts type, which the next request without one uses', async () => {
    const voiceId = await sampledVoice();
    await embed(voiceId, scores, 'other');
    const asked = await embeddings.request(voiceId, {});
    expect(asked).toMatchObject({ embeddingType: 'other', embeddingStatus: 'in_progress' });
  });
});

describe('EmbeddingResults.commit', () => {
  it('shows zip, scores with the best first, test samples and the best sample, and removes the inbox', async () => {
    const voiceId = await sampledVoice();
    const job = await embed(voiceId, scores);
    expect(await details(voiceId)).toMatchObject({
      embeddingStatus: 'completed',
      preferredSampleIndex: 3,
      embeddingZipUrl: expect.stringContaining('http'),
      embedding: {
        ttsType: 'kyutai',
        lastUpdateStatus: 'success',
        stale: false,
        scores: [
          { sampleIndex: 3, score: 0.92 },
          { sampleIndex: 1, score: 0.88 },
        ],
        testSamples: [
          { sampleIndex: 1, sentenceIndex: 1 },
          { sampleIndex: 3, sentenceIndex: 1 },
        ],
      },
    });
    expect(await embeddings.testSamples(voiceId, 'kyutai')).toEqual([
      { sampleIndex: 1, sentenceIndex: 1, durationSeconds: 3.2004 },
      { sampleIndex: 3, sentenceIndex: 1, durationSeconds: 3.2004 },
    ]);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'completed' });
    const removal = (await domain.removals()).find(({ target }) => target === collected(job, []).inboxPrefix);
    expect(removal?.inSeconds).toBeLessThanOrEqual(900); // 15 minutes, less the time since the commit
    expect(removal?.inSeconds).toBeGreaterThan(600);
  });

  it('prefers the best-scored sample without a poor grade, and leaves a choice of a person', async () => {
    const voiceId = await sampledVoice(3, [40, 40, 5]);
    await embed(voiceId, scores);
    expect(await details(voiceId)).toMatchObject({ preferredSampleIndex: 1 });
    await domain.get(VoicesService).setPreferredSample(voiceId, 3);
    await embed(voiceId, scores);
    expect(await details(voiceId)).toMatchObject({ preferredSampleIndex: 3 });
  });

  it('replaces the last embedding, whose objects stay while its run is kept or a URL may be in use', async () => {
    const voiceId = await sampledVoice();
    const first = await embed(voiceId, scores);
    await embed(voiceId, [{ sampleIndex: 2, score: 0.1 }]);
    expect(await embeddings.testSamples(voiceId, 'kyutai')).toMatchObject([{ sampleIndex: 2, sentenceIndex: 1 }]);
    const { archiveKey, testSamples } = collected(first, scores);
    const old = [archiveKey, ...testSamples.map(({ objectKey }) => objectKey)];
    expect((await domain.removals()).filter(({ target }) => old.includes(target))).toEqual([]);
    for (let n = 0; n < 2; n += 1) await embed(voiceId, scores); // now its run is not kept any more
    const going = (await domain.removals()).filter(({ target }) => old.includes(target));
    expect(going.map(({ target }) => target).sort()).toEqual(old.sort());
    for (const { inSeconds } of going) expect(inSeconds).toBeGreaterThan(3_600);
  });

  it('shows nothing when the claim was lost', async () => {
    const voiceId = await sampledVoice();
    await embeddings.request(voiceId, {});
    const loser = await domain.claim(voiceId, 'embed');
    await domain.expireLease(loser.id);
    await domain.claim(voiceId, 'embed');
    await expect(results.commit(loser, collected(loser, scores))).rejects.toThrow(LostClaim);
    expect(await details(voiceId)).toMatchObject({ embeddingStatus: 'in_progress', embedding: null });
    expect(await embeddings.testSamples(voiceId, 'kyutai')).toEqual([]);
  });

  it('keeps the results of each tts type, and details show the current one', async () => {
    const voiceId = await sampledVoice();
    await embed(voiceId, scores);
    await embed(voiceId, [{ sampleIndex: 2, score: 0.5 }], 'other');
    expect(await details(voiceId)).toMatchObject({ embeddingType: 'other', preferredSampleIndex: 2 });
    expect(await embeddings.testSamples(voiceId, 'kyutai')).toHaveLength(2);
    expect(await embeddings.testSamples(voiceId, 'other')).toHaveLength(1);
  });

  it('stores more test samples than fit into one statement', async () => {
    const voiceId = await sampledVoice(1);
    await embeddings.request(voiceId, {});
    const job = await domain.claim(voiceId, 'embed');
    const [test] = collected(job, scores).testSamples;
    const testSamples = Array.from({ length: 8_200 }, (_, n) => ({ ...required(test), sentenceIndex: n + 1 }));
    await results.commit(job, { ...collected(job, scores), testSamples });
    expect(await domain.count('test_samples WHERE voice_id = $1', [voiceId])).toBe(8_200);
  });

  it('prefers no sample without scores', async () => {
    const voiceId = await sampledVoice();
    await embed(voiceId, []);
    expect(await details(voiceId)).toMatchObject({
      preferredSampleIndex: null,
      embedding: { scores: [] },
    });
  });
});

describe('failEmbedding', () => {
  it('keeps the last good zip, scores and test samples, and reports the failure', async () => {
    const voiceId = await sampledVoice();
    await embed(voiceId, scores);
    const good = await details(voiceId);
    await failEmbedding(voiceId);
    expect(await details(voiceId)).toMatchObject({
      embeddingStatus: 'failed',
      embeddingError: 'The embedding failed: out of memory',
      preferredSampleIndex: 3,
      embeddingZipUrl: expect.stringContaining('http'),
      embedding: {
        lastUpdateStatus: 'failed',
        stale: false,
        scores: good.embedding?.scores,
        testSamples: good.embedding?.testSamples,
      },
    });
  });

  it('leaves no zip to link to when there was no embedding before', async () => {
    const voiceId = await sampledVoice();
    await failEmbedding(voiceId);
    expect(await details(voiceId)).toMatchObject({
      embeddingZipUrl: null,
      embedding: { lastUpdateStatus: 'failed', scores: [], testSamples: [] },
    });
    await embed(voiceId, scores);
    expect(await details(voiceId)).toMatchObject({ embeddingError: null, embeddingStatus: 'completed' });
  });
});

describe('the preferred sample', () => {
  const preferred = async (voiceId: string): Promise<number | null> => (await details(voiceId)).preferredSampleIndex;

  it('is the best of the last good run until a person chooses', async () => {
    const voiceId = await sampledVoice();
    await embed(voiceId, scores);
    await embed(voiceId, [{ sampleIndex: 2, score: 0.3 }]);
    expect(await preferred(voiceId)).toBe(2);
    await domain.get(VoicesService).setPreferredSample(voiceId, 1);
    await embed(voiceId, scores);
    expect(await preferred(voiceId)).toBe(1);
  });

  it('is automatic again from the next run after a person clears it', async () => {
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
});

describe('test samples', () => {
  it('are found by name, only in their tts type', async () => {
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

  it('are deleted for one tts type, while zip and scores stay; deleting none succeeds', async () => {
    const voiceId = await sampledVoice();
    await embed(voiceId, scores, 'other');
    await embed(voiceId, scores, 'kyutai');
    await embeddings.deleteTestFiles(voiceId, 'kyutai');
    await embeddings.deleteTestFiles(voiceId, 'kyutai');
    await embeddings.deleteTestFiles(voiceId, 'never-configured');
    expect(await embeddings.testSamples(voiceId, 'kyutai')).toEqual([]);
    expect(await embeddings.testSamples(voiceId, 'other')).toHaveLength(2);
    const { embedding, embeddingZipUrl } = await details(voiceId);
    expect(embedding).toMatchObject({ testSamples: [], lastUpdateStatus: 'success' });
    expect(embedding?.scores).toHaveLength(2);
    expect(embeddingZipUrl).not.toBeNull();
    expect(
      (await domain.removals()).filter(({ target }) => target.includes(`${voiceId}/`) && target.includes('/test/')),
    ).toHaveLength(2);
  });

  it('are not deleted while the voice is locked', async () => {
    const voiceId = await sampledVoice();
    await embeddings.request(voiceId, {});
    await expect(embeddings.deleteTestFiles(voiceId, 'kyutai')).rejects.toMatchObject({ code: 'voice_locked' });
  });
});
