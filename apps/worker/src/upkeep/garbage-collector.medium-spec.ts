import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { SamplesService, SplittingService } from '#libs/samples';
import { OBJECT_STORAGE, ownerKey, sampleKey, uploadedSampleKey, type ObjectStorage } from '#libs/storage';
import { Processing, VoicesService } from '#libs/voices';
import { convertedSample, cutSamples, Domain, required, resplit } from '../../../../test/support/domain.js';
import { GarbageCollector } from './garbage-collector.js';
import { StoredObjectsRepository } from './stored-objects.repository.js';

let domain: Domain;
let storage: ObjectStorage;
let rows: StoredObjectsRepository;
let garbage: GarbageCollector;
beforeAll(async () => {
  domain = await Domain.open();
  storage = domain.get<ObjectStorage>(OBJECT_STORAGE);
  rows = new StoredObjectsRepository(domain.database);
  garbage = new GarbageCollector(storage, rows, pino({ level: 'silent' }));
});
afterAll(() => domain.close());

async function* bytes(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('audio');
}
const put = (key: string): Promise<unknown> => storage.put(key, bytes(), { contentType: 'audio/ogg' });
const isThere = async (key: string): Promise<boolean> => (await storage.stat(key)) !== null;
/** Everything is as old as it has to be for a sweep. */
const sweep = (): Promise<number> => garbage.sweep(-60_000);

const storedSample = async (voiceId: string): Promise<string> => {
  const sample = { ...convertedSample(voiceId), objectKey: uploadedSampleKey(voiceId, randomUUID()) };
  await put(sample.objectKey);
  await domain.get(SamplesService).add(voiceId, sample);
  return sample.objectKey;
};

describe('removeDue', () => {
  it('removes a deleted voice’s bytes, all of them and only those', async () => {
    const [deleted, other] = [await domain.emptyVoice(), await domain.emptyVoice()];
    const keys = [await storedSample(deleted), await storedSample(deleted)];
    const kept = await storedSample(other);
    await domain.get(VoicesService).remove(deleted);
    await garbage.removeDue();
    expect(await Promise.all(keys.map(isThere))).toEqual([false, false]);
    expect(await isThere(kept)).toBe(true);
    // Once more a little later, for what a step at work still wrote.
    expect(await domain.removals()).toEqual([{ target: `voices/${deleted}/`, inSeconds: 45 }]);
    await domain.database.query('UPDATE object_removals SET due_at = now()');
    await put(keys[0] ?? '');
    await garbage.removeDue();
    expect(await isThere(keys[0] ?? '')).toBe(false);
    expect(await domain.removals()).toEqual([]);
  });

  it('leaves what is not due yet, and goes through more than one batch', async () => {
    const voiceId = await domain.emptyVoice();
    const key = await storedSample(voiceId);
    await domain.database.query(`INSERT INTO object_removals (target, due_at) VALUES ($1, now() + interval '1 hour')`, [
      key,
    ]);
    await domain.database.query(
      `INSERT INTO object_removals (target, due_at)
       SELECT 'voices/' || gen_random_uuid() || '/uploads/' || gen_random_uuid(), now() FROM generate_series(1, 450)`,
    );
    await garbage.removeDue();
    expect(await isThere(key)).toBe(true);
    expect(await domain.removals()).toEqual([{ target: key, inSeconds: expect.any(Number) }]);
  });
});

describe('collectGeneration', () => {
  it('removes what a loser wrote; what was committed stays', async () => {
    const voiceId = await domain.uploadedVoice();
    const loser = await domain.claim(voiceId, 'split');
    await domain.expireLease(loser.id);
    const owner = await domain.claim(voiceId, 'split');
    const [lost, won] = [sampleKey({ ...loser, jobId: loser.id }, 1), sampleKey({ ...owner, jobId: owner.id }, 1)];
    await Promise.all([put(lost), put(won)]);
    await domain.get(SplittingService).commit(owner, { samples: cutSamples(owner, 1) });
    await garbage.collectGeneration(loser);
    await garbage.collectGeneration(owner);
    expect([await isThere(lost), await isThere(won)]).toEqual([false, true]);
  });
});

describe('sweep', () => {
  it('removes old objects that no row names', async () => {
    const voiceId = await domain.emptyVoice();
    const kept = await storedSample(voiceId);
    const strays = [uploadedSampleKey(voiceId, randomUUID()), uploadedSampleKey(randomUUID(), randomUUID())];
    await Promise.all(strays.map(put));
    expect(await garbage.sweep(60_000)).toBe(0); // young: their row may be about to be written
    expect(await sweep()).toBe(2);
    expect(await isThere(kept)).toBe(true);
  });

  it('touches nothing of another database', async () => {
    const stray = uploadedSampleKey(randomUUID(), randomUUID());
    await put(stray);
    await storage.delete([ownerKey]);
    await put(ownerKey);
    expect(await sweep()).toBe(0);
    expect(await isThere(stray)).toBe(true);
    await storage.delete([ownerKey]);
    expect(await sweep()).toBe(1);
    expect(await sweep()).toBe(0);
    expect(await isThere(ownerKey)).toBe(true);
  });

  it('leaves the folders of jobs at work', async () => {
    const voiceId = await domain.uploadedVoice();
    const job = await domain.claim(voiceId, 'split');
    const key = sampleKey({ ...job, jobId: job.id }, 1);
    await put(key);
    await sweep();
    expect(await isThere(key)).toBe(true);
    await domain.get(Processing).cancel(job.id);
    await sweep();
    expect(await isThere(key)).toBe(false);
  });

  it('leaves what was replaced while a URL of it may be in use', async () => {
    const voiceId = await domain.uploadedVoice();
    const first = await domain.claim(voiceId, 'split');
    const replaced = sampleKey({ ...first, jobId: first.id }, 1);
    await put(replaced);
    await domain.get(SplittingService).commit(first, {
      samples: cutSamples(first, 1),
      original: { objectKey: `voices/${voiceId}/jobs/${first.id}/1/original.opus`, durationSeconds: 15, missing: [] },
    });
    await domain.get(Processing).failActive(voiceId, 'embed', { code: 'gpu_failed', sentence: 'It failed' });
    await domain.get(SplittingService).request(voiceId, resplit);
    const second = await domain.claim(voiceId, 'split');
    await domain.get(SplittingService).commit(second, { samples: cutSamples(second, 1) });
    await sweep();
    expect(await isThere(replaced)).toBe(true);

    await domain.database.query('UPDATE object_removals SET due_at = now() WHERE target = $1', [replaced]);
    await garbage.removeDue();
    expect(await isThere(replaced)).toBe(false);
  });
});

describe('giveUpUploads', () => {
  it('gives up uploads whose 7 days are over, unless they are being split again', async () => {
    const failed = async (): Promise<string> => {
      const voiceId = await domain.uploadedVoice();
      await domain.get(Processing).cancel(await domain.jobId(voiceId, 'split'));
      return voiceId;
    };
    const [over, young, again] = [await failed(), await failed(), await failed()];
    await domain.database.query(
      `UPDATE voices SET upload_kept_until = now() - interval '1 second' WHERE id = ANY($1::uuid[])`,
      [[over, again]],
    );
    const uploadKey = required((await domain.row('voices', over))['upload_key']);
    await domain.get(SplittingService).request(again, resplit);
    await rows.giveUpUploads();
    expect(await domain.row('voices', over)).toMatchObject({ upload_key: null, original_filename: null });
    for (const id of [young, again]) expect((await domain.row('voices', id))['upload_key']).not.toBeNull();
    expect(await domain.removals()).toContainEqual({ target: uploadKey, inSeconds: 0 });
    await expect(domain.get(SplittingService).request(over, resplit)).rejects.toMatchObject({ code: 'no_original' });
  });
});
