import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LostClaim } from '#libs/jobs';
import { Processing } from '#libs/processing';
import { VoicesService } from '#libs/voices';
import {
  convertedSample,
  cutSamples,
  Domain,
  required,
  resplit,
  storedOriginal,
} from '../../../test/support/domain.js';
import { goodFigures } from '../../../test/support/quality-figures.js';
import { maxSamplesPerVoice, SamplesService, type SampleAudio } from './samples.service.js';
import { SplittingService } from './splitting/splitting.service.js';

let domain: Domain;
let samples: SamplesService;
let splitting: SplittingService;
beforeAll(async () => {
  domain = await Domain.open();
  samples = domain.get(SamplesService);
  splitting = domain.get(SplittingService);
});
afterAll(() => domain.close());

const indexes = async (voiceId: string): Promise<number[]> => (await samples.list(voiceId)).map(({ index }) => index);
/** Reads the audio by name, as a URL does. Test voices are named after their ids. */
const audio = async (voiceId: string, index: number): Promise<SampleAudio> => {
  const { partner_id: partnerId } = await domain.row('voices', voiceId);
  return samples.audio(String(partnerId), `voice ${voiceId}`, index);
};
const details = (voiceId: string) => domain.get(VoicesService).details(voiceId);

/** Returns a voice whose first split succeeded and whose embedding failed: nothing runs. */
const splitVoice = async (sampleCount = 3): Promise<string> => {
  const voiceId = await domain.uploadedVoice();
  const job = await domain.claim(voiceId, 'split');
  await splitting.commit(job, { samples: cutSamples(job, sampleCount) });
  await splitting.commit(job, { original: storedOriginal(job) });
  await domain
    .get(Processing)
    .failActive({ voiceId, kind: 'embed' }, { code: 'gpu_failed', sentence: 'The embedding failed' });
  return voiceId;
};

describe('SplittingService.commit of a first split', () => {
  it('commits samples with the queued embedding, then the original, and keeps the voice locked in between', async () => {
    const voiceId = await domain.uploadedVoice();
    const job = await domain.claim(voiceId, 'split');
    const upload = (await domain.row('voices', voiceId))['upload_key'];

    await splitting.commit(job, { samples: cutSamples(job, 12) });
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'running', stage: 'original' });
    expect(await details(voiceId)).toMatchObject({ splittingStatus: 'in_progress', embeddingStatus: 'in_progress' });
    expect((await details(voiceId)).samples).toHaveLength(12);
    expect((await details(voiceId)).samples[1]).toEqual({
      index: 2,
      startSeconds: 15,
      sourceStartSeconds: 15,
      durationSeconds: 15,
      quality: null,
    });
    expect(await domain.row('jobs', await domain.jobId(voiceId, 'embed'))).toMatchObject({
      state: 'queued',
      stage: 'submit',
      params: { ttsType: 'kyutai' },
    });

    await splitting.commit(job, { original: storedOriginal(job) });
    expect(await details(voiceId)).toMatchObject({
      splittingStatus: 'completed',
      embeddingStatus: 'in_progress',
      originalDurationSeconds: 185.37,
    });
    expect(await domain.row('voices', voiceId)).toMatchObject({
      upload_key: null,
      original_key: storedOriginal(job).objectKey,
      sample_count: 12,
      next_sample_index: 13,
    });
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'completed', progress: null });
    expect(await domain.removals()).toContainEqual({ target: upload, inSeconds: expect.closeTo(900, -2) });
  });

  it('commits samples and original together when the recording ends with its samples', async () => {
    const voiceId = await domain.uploadedVoice();
    const job = await domain.claim(voiceId, 'split');
    await splitting.commit(job, { samples: cutSamples(job, 2), original: storedOriginal(job) });
    expect(await details(voiceId)).toMatchObject({
      splittingStatus: 'completed',
      embeddingStatus: 'in_progress',
      originalDurationSeconds: 185.37,
      samples: [{ index: 1 }, { index: 2 }],
    });
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'completed', progress: null });
  });

  it('commits neither samples nor an embedding of a lost claim', async () => {
    const voiceId = await domain.uploadedVoice();
    const loser = await domain.claim(voiceId, 'split');
    await domain.expireLease(loser.id);
    const owner = await domain.claim(voiceId, 'split');
    await expect(splitting.commit(loser, { samples: cutSamples(loser, 5) })).rejects.toThrow(LostClaim);
    await expect(splitting.commit(loser, { original: storedOriginal(loser) })).rejects.toThrow(LostClaim);
    expect(await indexes(voiceId)).toEqual([]);
    expect(await domain.count(`jobs WHERE voice_id = $1 AND kind = 'embed'`, [voiceId])).toBe(0);

    await splitting.commit(owner, { samples: cutSamples(owner, 2) });
    expect((await audio(voiceId, 1)).objectKey).toContain(`/${owner.id}/2/`);
  });

  it('continues with the original after a worker died, and keeps the samples', async () => {
    const voiceId = await domain.uploadedVoice();
    const first = await domain.claim(voiceId, 'split');
    await splitting.commit(first, { samples: cutSamples(first, 2) });
    await domain.expireLease(first.id);
    const second = await domain.claim(voiceId, 'split');
    expect(second).toMatchObject({ stage: 'original', generation: 2, deaths: 1 });
    await splitting.commit(second, { original: storedOriginal(second) });
    expect((await audio(voiceId, 1)).objectKey).toContain(`/${first.id}/1/`);
  });

  it('leaves samples, embedding and upload when the original fails', async () => {
    const voiceId = await domain.uploadedVoice();
    const job = await domain.claim(voiceId, 'split');
    await splitting.commit(job, { samples: cutSamples(job, 2) });
    await domain
      .get(Processing)
      .failActive({ voiceId, kind: 'split' }, { code: 'internal', sentence: 'Internal server error' });
    expect(await details(voiceId)).toMatchObject({ splittingStatus: 'failed', embeddingStatus: 'in_progress' });
    expect(await indexes(voiceId)).toEqual([1, 2]);
    expect(await splitting.source(voiceId)).toMatchObject({ kind: 'upload', facts: null });
    await expect(splitting.commit(job, { original: storedOriginal(job) })).rejects.toThrow(LostClaim);
  });
});

describe('SplittingService.commit of a re-split', () => {
  it('replaces all samples at once, clears the preference and leaves the embedding idle and stale', async () => {
    const voiceId = await splitVoice(3);
    await samples.add(voiceId, convertedSample(voiceId));
    await domain.get(VoicesService).setPreferredSample(voiceId, 4);
    await domain.database.query(
      `UPDATE embeddings SET zip_key = 'voices/' || voice_id || '/jobs/x/embedding.zip' WHERE voice_id = $1`,
      [voiceId],
    );
    const old = (await samples.list(voiceId)).map(({ objectKey }) => objectKey);

    await splitting.request(voiceId, resplit);
    expect(await indexes(voiceId)).toEqual([1, 2, 3, 4]); // the old samples stay until the commit
    const job = await domain.claim(voiceId, 'split');
    expect(job.params).toEqual({ ...resplit, first: false });
    expect(await splitting.source(voiceId)).toMatchObject({ kind: 'original' });
    await splitting.commit(job, { samples: cutSamples(job, 2) });

    expect(await details(voiceId)).toMatchObject({
      splittingStatus: 'completed',
      embeddingStatus: 'idle',
      splittingError: null,
      embeddingError: null,
      preferredSampleIndex: null,
      embedding: { stale: true },
      embeddingZipUrl: expect.stringContaining('http'),
    });
    expect(await indexes(voiceId)).toEqual([1, 2]);
    expect(
      await domain.count(`jobs WHERE voice_id = $1 AND state IN ('queued', 'running', 'waiting')`, [voiceId]),
    ).toBe(0);
    expect((await samples.add(voiceId, convertedSample(voiceId))).index).toBe(3);
    // A signed URL may name a replaced object for up to an hour.
    const going = (await domain.removals()).filter(({ target }) => old.includes(target));
    expect(going).toHaveLength(4);
    for (const { inSeconds } of going) expect(inSeconds).toBeGreaterThan(3_600);
  });

  it('leaves samples, preference and embedding status when the split fails', async () => {
    const voiceId = await splitVoice(3);
    await domain.get(VoicesService).setPreferredSample(voiceId, 2);
    await splitting.request(voiceId, resplit);
    await domain
      .get(Processing)
      .failActive({ voiceId, kind: 'split' }, { code: 'internal', sentence: 'Internal server error' });
    expect(await details(voiceId)).toMatchObject({
      splittingStatus: 'failed',
      embeddingStatus: 'failed',
      preferredSampleIndex: 2,
    });
    expect(await indexes(voiceId)).toEqual([1, 2, 3]);
    expect((await domain.row('voices', voiceId))['upload_kept_until']).toBeNull();
  });

  it('refuses a request for a voice without a recording', async () => {
    const voiceId = await domain.emptyVoice();
    await expect(splitting.request(voiceId, resplit)).rejects.toMatchObject({ code: 'no_original' });
    await expect(splitting.source(voiceId)).rejects.toMatchObject({ code: 'recording_lost' });
  });

  it('accepts one of fifty concurrent requests', async () => {
    const voiceId = await splitVoice(1);
    const before = await domain.count('jobs WHERE voice_id = $1', [voiceId]);
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => splitting.request(voiceId, resplit)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const codes = results.flatMap((r) => (r.status === 'rejected' ? [(r.reason as { code: string }).code] : []));
    expect(codes).toEqual(Array(49).fill('voice_locked'));
    expect(await domain.count('jobs WHERE voice_id = $1', [voiceId])).toBe(before + 1);
  });
});

describe('SamplesService', () => {
  it('gives each sample an index that was never used before', async () => {
    const voiceId = await domain.emptyVoice();
    const add = async (): Promise<number> => (await samples.add(voiceId, convertedSample(voiceId))).index;
    expect([await add(), await add(), await add()]).toEqual([1, 2, 3]);
    await samples.remove(voiceId, 3);
    expect(await add()).toBe(4);
    await samples.remove(voiceId, 1);
    expect(await indexes(voiceId)).toEqual([2, 4]);
    expect((await domain.row('voices', voiceId))['sample_count']).toBe(2);
  });

  it('gives concurrent samples different indexes', async () => {
    const voiceId = await domain.emptyVoice();
    const added = await Promise.all(Array.from({ length: 20 }, () => samples.add(voiceId, convertedSample(voiceId))));
    expect(added.map(({ index }) => index).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    expect((await domain.row('voices', voiceId))['sample_count']).toBe(20);
    expect(added[0]).toEqual({
      index: expect.any(Number),
      sourceStartSeconds: null,
      startSeconds: null,
      durationSeconds: 12.3456,
      quality: goodFigures,
    });
  });

  it('refuses a sample after 500', async () => {
    const voiceId = await domain.emptyVoice();
    for (let n = 0; n < 2; n++) await samples.add(voiceId, convertedSample(voiceId));
    await domain.database.query('UPDATE voices SET sample_count = $2 WHERE id = $1', [voiceId, maxSamplesPerVoice - 1]);
    const results = await Promise.allSettled(
      Array.from({ length: 3 }, () => samples.add(voiceId, convertedSample(voiceId))),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(samples.refuseIfNoRoom(voiceId)).rejects.toMatchObject({ code: 'too_many_samples' });
    expect(await indexes(voiceId)).toEqual([1, 2, 3]);
    await samples.remove(voiceId, 2);
    await samples.refuseIfNoRoom(voiceId);
    expect(maxSamplesPerVoice).toBe(500);
  });

  it('makes embeddings stale on add and remove, and removes the preference and the object of a deleted sample', async () => {
    const voiceId = await splitVoice(2);
    const isStale = async (): Promise<boolean | undefined> => (await details(voiceId)).embedding?.stale;
    const fresh = (): Promise<unknown> =>
      domain.database.query('UPDATE embeddings SET stale = false WHERE voice_id = $1', [voiceId]);
    await fresh();
    await samples.add(voiceId, convertedSample(voiceId));
    expect(await isStale()).toBe(true);

    await fresh();
    await domain.get(VoicesService).setPreferredSample(voiceId, 2);
    await samples.remove(voiceId, 1);
    expect(await isStale()).toBe(true);
    expect((await details(voiceId)).preferredSampleIndex).toBe(2);
    const { objectKey } = await audio(voiceId, 2);
    await samples.remove(voiceId, 2);
    expect((await details(voiceId)).preferredSampleIndex).toBeNull();
    expect(await domain.removals()).toContainEqual({ target: objectKey, inSeconds: expect.closeTo(0, -1) });
  });

  it.each([0, -1, -2_147_483_649, 2, 2_147_483_648, 9_007_199_254_740_991])(
    'finds no sample at index %d',
    async (index) => {
      const voiceId = await domain.emptyVoice();
      await samples.add(voiceId, convertedSample(voiceId));
      await expect(audio(voiceId, index)).rejects.toMatchObject({ code: 'sample_not_found' });
      await expect(samples.remove(voiceId, index)).rejects.toMatchObject({ code: 'sample_not_found' });
    },
  );

  it('refuses samples of a voice that does not exist', async () => {
    const voiceId = await domain.emptyVoice();
    const { partner_id: partnerId } = await domain.row('voices', voiceId);
    for (const name of [`Voice ${voiceId}`, 'a\0b', '']) {
      await expect(samples.audio(String(partnerId), name, 1)).rejects.toMatchObject({ code: 'voice_not_found' });
    }
    await domain.get(VoicesService).remove(voiceId);
    const add = samples.add(voiceId, required(convertedSample(voiceId)));
    await expect(add).rejects.toMatchObject({ code: 'voice_not_found' });
  });
});
