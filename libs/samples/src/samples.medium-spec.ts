import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LostClaim, type ClaimedJob } from '#libs/jobs';
import { Processing, VoicesService } from '#libs/voices';
import { convertedSample, cutSamples, Domain, required, resplit } from '../../../test/support/domain.js';
import { maxSamplesPerVoice, SamplesService, type SampleAudio } from './samples.service.js';
import { SplittingService } from './splitting.service.js';

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
/** Asked for by name, as a URL does: test voices are named after their ids. */
const audio = async (voiceId: string, index: number): Promise<SampleAudio> => {
  const { partner_id: partnerId } = await domain.row('voices', voiceId);
  return samples.audio(String(partnerId), `voice ${voiceId}`, index);
};
const details = (voiceId: string) => domain.get(VoicesService).details(voiceId);

const originalOf = (job: ClaimedJob) => ({
  objectKey: `voices/${job.voiceId}/jobs/${job.id}/${job.generation}/original.opus`,
  durationSeconds: 185.37,
  missing: [],
});

/** A voice whose first split went well and whose embedding was ended; nothing runs. */
const splitVoice = async (sampleCount = 3): Promise<string> => {
  const voiceId = await domain.uploadedVoice();
  const job = await domain.claim(voiceId, 'split');
  await splitting.commit(job, { samples: cutSamples(job, sampleCount) });
  await splitting.commit(job, { original: originalOf(job) });
  await domain.get(Processing).failActive(voiceId, 'embed', { code: 'gpu_failed', sentence: 'The embedding failed' });
  return voiceId;
};

describe('a first split', () => {
  it('shows its samples together with the queued embedding, then the original, never unlocked in between', async () => {
    const voiceId = await domain.uploadedVoice();
    const job = await domain.claim(voiceId, 'split');
    const upload = (await domain.row('voices', voiceId))['upload_key'];

    await splitting.commit(job, { samples: cutSamples(job, 12) });
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'running', stage: 'original' });
    expect(await details(voiceId)).toMatchObject({ status: { splitting: 'in_progress', embedding: 'in_progress' } });
    expect((await details(voiceId)).samples).toHaveLength(12);
    expect((await details(voiceId)).samples[1]).toEqual({ index: 2, source_timestamp: '00:15', duration: 15 });
    expect(await domain.row('jobs', await domain.jobId(voiceId, 'embed'))).toMatchObject({
      state: 'queued',
      stage: 'submit',
      params: { ttsType: 'kyutai' },
    });

    await splitting.commit(job, { original: originalOf(job) });
    expect(await details(voiceId)).toMatchObject({
      status: { splitting: 'completed', embedding: 'in_progress' },
      original_duration: 185.37,
    });
    expect(await domain.row('voices', voiceId)).toMatchObject({
      upload_key: null,
      original_key: originalOf(job).objectKey,
      sample_count: 12,
      next_sample_index: 13,
    });
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'completed', progress: null });
    expect(await domain.removals()).toContainEqual({ target: upload, inSeconds: expect.closeTo(900, -2) });
  });

  it('of a recording that ends with its samples shows them and the original at once', async () => {
    const voiceId = await domain.uploadedVoice();
    const job = await domain.claim(voiceId, 'split');
    await splitting.commit(job, { samples: cutSamples(job, 2), original: originalOf(job) });
    expect(await details(voiceId)).toMatchObject({
      status: { splitting: 'completed', embedding: 'in_progress' },
      original_duration: 185.37,
      samples: [{ index: 1 }, { index: 2 }],
    });
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'completed', progress: null });
  });

  it('shows nothing of a loser: neither samples nor an embedding', async () => {
    const voiceId = await domain.uploadedVoice();
    const loser = await domain.claim(voiceId, 'split');
    await domain.expireLease(loser.id);
    const owner = await domain.claim(voiceId, 'split');
    await expect(splitting.commit(loser, { samples: cutSamples(loser, 5) })).rejects.toThrow(LostClaim);
    await expect(splitting.commit(loser, { original: originalOf(loser) })).rejects.toThrow(LostClaim);
    expect(await indexes(voiceId)).toEqual([]);
    expect(await domain.count(`jobs WHERE voice_id = $1 AND kind = 'embed'`, [voiceId])).toBe(0);

    await splitting.commit(owner, { samples: cutSamples(owner, 2) });
    expect((await audio(voiceId, 1)).objectKey).toContain(`/${owner.id}/2/`);
  });

  it('goes on at the original after a death, its samples kept', async () => {
    const voiceId = await domain.uploadedVoice();
    const first = await domain.claim(voiceId, 'split');
    await splitting.commit(first, { samples: cutSamples(first, 2) });
    await domain.expireLease(first.id);
    const second = await domain.claim(voiceId, 'split');
    expect(second).toMatchObject({ stage: 'original', generation: 2, deaths: 1 });
    await splitting.commit(second, { original: originalOf(second) });
    expect((await audio(voiceId, 1)).objectKey).toContain(`/${first.id}/1/`);
  });

  it('that fails at its original keeps samples, embedding and upload', async () => {
    const voiceId = await domain.uploadedVoice();
    const job = await domain.claim(voiceId, 'split');
    await splitting.commit(job, { samples: cutSamples(job, 2) });
    await domain.get(Processing).failActive(voiceId, 'split', { code: 'internal', sentence: 'Internal server error' });
    expect(await details(voiceId)).toMatchObject({ status: { splitting: 'failed', embedding: 'in_progress' } });
    expect(await indexes(voiceId)).toEqual([1, 2]);
    expect(await splitting.source(voiceId)).toMatchObject({ kind: 'upload', facts: null });
    await expect(splitting.commit(job, { original: originalOf(job) })).rejects.toThrow(LostClaim);
  });
});

describe('a re-split', () => {
  it('replaces all samples in one step, clears the preference and leaves the embedding idle and stale', async () => {
    const voiceId = await splitVoice(3);
    await samples.add(voiceId, convertedSample(voiceId));
    await domain.get(VoicesService).setPreferredSample(voiceId, 4);
    await domain.database.query(
      `UPDATE embeddings SET zip_key = 'voices/' || voice_id || '/jobs/x/embedding.zip' WHERE voice_id = $1`,
      [voiceId],
    );
    const old = (await samples.list(voiceId)).map(({ objectKey }) => objectKey);

    await splitting.request(voiceId, resplit);
    expect(await indexes(voiceId)).toEqual([1, 2, 3, 4]); // readers see the old set till the end
    const job = await domain.claim(voiceId, 'split');
    expect(job.params).toEqual({ ...resplit, first: false });
    expect(await splitting.source(voiceId)).toMatchObject({ kind: 'original' });
    await splitting.commit(job, { samples: cutSamples(job, 2) });

    expect(await details(voiceId)).toMatchObject({
      status: { splitting: 'completed', embedding: 'idle' },
      errors: { splitting: null, embedding: null },
      preferred_sample_index: null,
      embedding_info: { stale: true },
      embedding_zip_url: expect.stringContaining('http'),
    });
    expect(await indexes(voiceId)).toEqual([1, 2]);
    expect(
      await domain.count(`jobs WHERE voice_id = $1 AND state IN ('queued', 'running', 'waiting')`, [voiceId]),
    ).toBe(0);
    expect((await samples.add(voiceId, convertedSample(voiceId))).index).toBe(3);
    // What was replaced may still be read through a URL of an hour.
    const going = (await domain.removals()).filter(({ target }) => old.includes(target));
    expect(going).toHaveLength(4);
    for (const { inSeconds } of going) expect(inSeconds).toBeGreaterThan(3_600);
  });

  it('that fails leaves the old samples, preference and embedding status', async () => {
    const voiceId = await splitVoice(3);
    await domain.get(VoicesService).setPreferredSample(voiceId, 2);
    await splitting.request(voiceId, resplit);
    await domain.get(Processing).failActive(voiceId, 'split', { code: 'internal', sentence: 'Internal server error' });
    expect(await details(voiceId)).toMatchObject({
      status: { splitting: 'failed', embedding: 'failed' },
      preferred_sample_index: 2,
    });
    expect(await indexes(voiceId)).toEqual([1, 2, 3]);
    expect((await domain.row('voices', voiceId))['upload_kept_until']).toBeNull();
  });

  it('needs a recording', async () => {
    const voiceId = await domain.emptyVoice();
    await expect(splitting.request(voiceId, resplit)).rejects.toMatchObject({ code: 'no_original' });
    await expect(splitting.source(voiceId)).rejects.toMatchObject({ code: 'recording_lost' });
  });

  it('asked for fifty times at once is one split and 49 refusals', async () => {
    const voiceId = await splitVoice(1);
    const before = await domain.count('jobs WHERE voice_id = $1', [voiceId]);
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => splitting.request(voiceId, resplit)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const codes = results.flatMap((r) => (r.status === 'rejected' ? [(r.reason as { code: string }).code] : []));
    expect(codes).toEqual(Array(49).fill('voice_locked'));
    expect(await domain.count('jobs WHERE voice_id = $1', [voiceId])).toBe(before + 1);
  });
});

describe('samples one by one', () => {
  it('get indexes that were never used before', async () => {
    const voiceId = await domain.emptyVoice();
    const add = async (): Promise<number> => (await samples.add(voiceId, convertedSample(voiceId))).index;
    expect([await add(), await add(), await add()]).toEqual([1, 2, 3]);
    await samples.remove(voiceId, 3);
    expect(await add()).toBe(4);
    await samples.remove(voiceId, 1);
    expect(await indexes(voiceId)).toEqual([2, 4]);
    expect((await domain.row('voices', voiceId))['sample_count']).toBe(2);
  });

  it('added at the same time all get one of their own', async () => {
    const voiceId = await domain.emptyVoice();
    const added = await Promise.all(Array.from({ length: 20 }, () => samples.add(voiceId, convertedSample(voiceId))));
    expect(added.map(({ index }) => index).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    expect((await domain.row('voices', voiceId))['sample_count']).toBe(20);
    expect(added[0]).toEqual({ index: expect.any(Number), source_timestamp: null, duration: 12.346 });
  });

  it('are at most 500', async () => {
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

  it('that are added or deleted make embeddings stale; a deleted one’s preference and bytes go', async () => {
    const voiceId = await splitVoice(2);
    const isStale = async (): Promise<boolean | undefined> => (await details(voiceId)).embedding_info?.stale;
    const fresh = (): Promise<unknown> =>
      domain.database.query('UPDATE embeddings SET stale = false WHERE voice_id = $1', [voiceId]);
    await fresh();
    await samples.add(voiceId, convertedSample(voiceId));
    expect(await isStale()).toBe(true);

    await fresh();
    await domain.get(VoicesService).setPreferredSample(voiceId, 2);
    await samples.remove(voiceId, 1);
    expect(await isStale()).toBe(true);
    expect((await details(voiceId)).preferred_sample_index).toBe(2);
    const { objectKey } = await audio(voiceId, 2);
    await samples.remove(voiceId, 2);
    expect((await details(voiceId)).preferred_sample_index).toBeNull();
    expect(await domain.removals()).toContainEqual({ target: objectKey, inSeconds: expect.closeTo(0, -1) });
  });

  it.each([0, -1, -2_147_483_649, 2, 2_147_483_648, 9_007_199_254_740_991])('have none at %d', async (index) => {
    const voiceId = await domain.emptyVoice();
    await samples.add(voiceId, convertedSample(voiceId));
    await expect(audio(voiceId, index)).rejects.toMatchObject({ code: 'sample_not_found' });
    await expect(samples.remove(voiceId, index)).rejects.toMatchObject({ code: 'sample_not_found' });
  });

  it('are refused to a voice that is gone', async () => {
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
