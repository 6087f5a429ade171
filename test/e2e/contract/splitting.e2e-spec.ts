import { beforeAll, describe, expect, it } from '@jest/globals';
import { zipEntries } from '../../support/zip-entries.js';
import type { Contract } from '../../support/openapi-client.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { storageOf } from '../../support/test-storage.js';
import { bytesOf, details, settled, type Details } from '../../support/voices.js';
import { instantContract } from './emulated.js';
import { addSample, emptyVoice, finished, toneVoice, without } from './made-voices.js';
import { sql } from './sql.js';

let contract: Contract;
let partner: TestPartner;

beforeAll(async () => {
  ({ contract, partner } = await instantContract());
});

const shape = (voice: Details): (number | string | null)[][] =>
  voice.samples.map(({ index, source_timestamp, duration }) => [index, source_timestamp, duration]);

describe('POST split', () => {
  beforeAll(() => toneVoice(partner, 'windows', 63));

  it.each([
    [{}, 15, 4],
    [{ max_samples: 2 }, 15, 2],
    [{ sample_duration: 5 }, 5, 12],
    [{ sample_duration: 60, max_samples: 100 }, 60, 1],
    [{ sample_duration: 7, max_samples: 1 }, 7, 1],
  ])('with %j cuts consecutive windows of %d s and drops the rest', async (fields, seconds, count) => {
    const voice = await finished(partner, 'windows', 'split', fields);
    const stamp = (at: number): string => new Date(at * 1000).toISOString().slice(14, 19);
    expect(shape(voice)).toEqual(Array.from({ length: count }, (_, at) => [at + 1, stamp(at * seconds), seconds]));
    expect(voice.status).toEqual({ splitting: 'completed', embedding: 'idle' });
  });

  it('cuts a recording shorter than a window into one sample of its own length', async () => {
    const voice = await toneVoice(partner, 'short', 6.5);
    expect(shape(voice)).toEqual([[1, '00:00', 6.5]]);
    expect(shape(await finished(partner, 'short', 'split', { sample_duration: 60 }))).toEqual([[1, '00:00', 6.5]]);
  });
});

describe('POST split of a voice that has samples', () => {
  it('replaces all samples, clears the preference, restarts indexes and starts no embedding', async () => {
    const first = await toneVoice(partner, 'again');
    expect(first.status).toEqual({ splitting: 'completed', embedding: 'completed' });
    await addSample(partner, 'again');
    await partner.http.put(`${partner.route('again')}/preferred-sample`, { sample_index: 3 });
    const begun = await partner.http.post<Details>(`${partner.route('again')}/split`, { sample_duration: 10 });
    expect(begun.body.status.splitting).toBe('in_progress');
    const voice = await settled(partner, 'again');
    expect(shape(voice)).toEqual([
      [1, '00:00', 10],
      [2, '00:10', 10],
      [3, '00:20', 10],
    ]);
    expect(voice).toMatchObject({
      status: { splitting: 'completed', embedding: 'idle' },
      preferred_sample_index: null,
      embedding_info: { last_update_status: 'success', stale: true, sample_scores: [], test_samples: [] },
    });
    const route = partner.route('again');
    expect((await partner.http.get(`${route}/test-samples`)).body).toEqual([]);
    expect((await partner.http.fetch(`${route}/test-samples/test_1_1.opus`)).status).toBe(404);
    const info = zipEntries(await bytesOf(partner, `${route}/samples-bundle`)).get('voice_info.json');
    expect(JSON.parse(info?.toString() ?? '')).toMatchObject({ embedding_info: voice.embedding_info });
    expect(await addSample(partner, 'again')).toBe(4);
    const zip = await fetch(voice.embedding_zip_url ?? '');
    expect([zip.status, zip.headers.get('content-type')]).toEqual([200, 'application/zip']);
  });

  it('keeps the old samples when it fails, and returns the reason', async () => {
    const old = await toneVoice(partner, 'lost');
    const [row] = await sql<{ id: string; key: string }>(
      contract.stack,
      `SELECT v.id, v.original_key AS key FROM voices v JOIN partners p ON p.id = v.partner_id
       WHERE p.name = $1 AND v.name = 'lost'`,
      [partner.name],
    );
    await (await storageOf(contract.stack)).delete([row?.key ?? '-']);
    const voice = await finished(partner, 'lost', 'split', { sample_duration: 5 });
    expect(voice.status.splitting).toBe('failed');
    expect(voice.errors.splitting).toMatch(/^[A-Z].+/);
    expect(voice.samples).toEqual(old.samples);
    for (const { index } of voice.samples) await bytesOf(partner, `${partner.route('lost')}/samples/${index}`);
    expect(voice.status.embedding).toBe('completed');
    expect((await partner.http.put(`${partner.route('lost')}/name`, { name: 'found' })).status).toBe(200);
  });

  it('works any number of times', async () => {
    await toneVoice(partner, 'often', 20);
    for (const sample_duration of [5, 10, 5]) {
      const voice = await finished(partner, 'often', 'split', { sample_duration });
      expect(voice.samples).toHaveLength(20 / sample_duration);
    }
  });
});

describe('voice names', () => {
  it('change with PUT name, and only the new one is found afterwards', async () => {
    const old = await toneVoice(partner, 'old name');
    const renamed = await partner.http.put<Details>(`${partner.route('old name')}/name`, { name: ' neuer Name ' });
    expect(renamed.status).toBe(200);
    const kept = without(old, 'updated_at', 'embedding_zip_url');
    expect(renamed.body).toMatchObject({ ...kept, name: 'neuer Name' });
    expect((await partner.http.get(partner.route('old name'))).status).toBe(404);
    expect((await bytesOf(partner, `${partner.route('neuer Name')}/samples/1`)).length).toBeGreaterThan(0);
    expect((await partner.http.put(`${partner.route('neuer Name')}/name`, { name: 'neuer Name' })).status).toBe(200);
  });

  it('are free again once the voice is deleted', async () => {
    await emptyVoice(partner, 'phoenix');
    expect((await partner.http.delete(partner.route('phoenix'))).status).toBe(204);
    expect((await partner.http.get(partner.route('phoenix'))).status).toBe(404);
    expect((await emptyVoice(partner, 'phoenix')).samples).toEqual([]);
  });

  it('may be the same for two partners', async () => {
    const other = await contract.partner();
    await emptyVoice(partner, 'shared');
    await emptyVoice(other, 'shared');
    expect((await other.http.delete(other.route('shared'))).status).toBe(204);
    expect((await details(partner, 'shared')).name).toBe('shared');
  });
});
