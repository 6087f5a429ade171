import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Contract } from '../../support/openapi-client.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { bytesOf, details, type Details } from '../../support/voices.js';
import { behave, behaveAgain, instantContract } from './emulated.js';
import { addSample, finished, said, voiceOfSamples } from './made-voices.js';

let contract: Contract;
let partner: TestPartner;

beforeAll(async () => {
  ({ contract, partner } = await instantContract());
  await voiceOfSamples(partner, 'any', 1);
});

const filenames = async (voice: string, query = ''): Promise<string[]> => {
  const list = await partner.http.get<{ filename: string }[]>(`${partner.route(voice)}/test-samples${query}`);
  return list.body.map(({ filename }) => filename);
};

describe('POST embed', () => {
  it('keeps separate results for each tts type, and the voice shows those of the last request', async () => {
    await voiceOfSamples(partner, 'types', 2);
    expect(await details(partner, 'types')).toMatchObject({ embedding_type: 'kyutai', embedding_info: null });
    const first = await finished(partner, 'types', 'embed');
    expect(first).toMatchObject({ embedding_type: 'kyutai', embedding_info: { tts_type: 'kyutai' } });
    const four = ['test_1_1.opus', 'test_1_2.opus', 'test_2_1.opus', 'test_2_2.opus'];
    expect([await filenames('types'), await filenames('types', '?tts_type=other_tts')]).toEqual([four, []]);

    const other = await finished(partner, 'types', 'embed', { tts_type: 'other_tts' });
    expect(other).toMatchObject({ embedding_type: 'other_tts', embedding_info: { tts_type: 'other_tts' } });
    expect(other.embedding_zip_url).not.toBe(first.embedding_zip_url);
    expect(await filenames('types', '?tts_type=other_tts')).toEqual(four);
    const again = await finished(partner, 'types', 'embed');
    expect(again.embedding_type).toBe('other_tts');

    const path = `${partner.route('types')}/test-samples/test_1_1.opus`;
    for (const query of ['', '?tts_type=kyutai', '?tts_type=other_tts']) await bytesOf(partner, path + query);
    expect((await partner.http.get(`${path}?tts_type=unheard`)).status).toBe(404);
  });

  it('returns 422 with the configured tts types for another one', async () => {
    const answer = await partner.http.post(`${partner.route('any')}/embed`, { tts_type: 'xtts' });
    expect(said(answer)).toEqual({ status: 422, detail: 'tts_type must be one of kyutai, other_tts' });
    const query = await partner.http.post(`${partner.route('any')}/embed?tts_type=xtts`);
    expect(query.status).toBe(422);
    expect((await details(partner, 'any')).status.embedding).toBe('idle');
  });

  it('keeps the results of the last success, reports the reason and unlocks the voice when it fails', async () => {
    await voiceOfSamples(partner, 'fails', 1);
    const good = await finished(partner, 'fails', 'embed');
    const match = { partner: partner.name, voice: 'fails' };
    await behave(contract.stack, match, { kind: 'fail', error: 'CUDA out of memory' });
    await addSample(partner, 'fails');
    const failed = await finished(partner, 'fails', 'embed');
    expect(failed.status.embedding).toBe('failed');
    expect(failed.errors.embedding).toMatch(/CUDA out of memory/);
    expect(failed.embedding_info).toMatchObject({ last_update_status: 'failed', stale: true });
    expect(failed.embedding_info?.sample_scores).toEqual(good.embedding_info?.sample_scores);
    expect(failed.embedding_info?.test_samples).toEqual(good.embedding_info?.test_samples);
    expect((await fetch(failed.embedding_zip_url ?? '')).status).toBe(200);
    await bytesOf(partner, `${partner.route('fails')}/test-samples/test_1_1.opus`);

    await behaveAgain(contract.stack, match);
    const mended = await finished(partner, 'fails', 'embed');
    expect(mended.errors.embedding).toBeNull();
    expect(mended.embedding_info).toMatchObject({ last_update_status: 'success', stale: false });
    expect(mended.embedding_info?.sample_scores).toHaveLength(2);
  });

  it('leaves the time of the failure and no URL if no embedding has succeeded', async () => {
    await voiceOfSamples(partner, 'never', 1);
    await behave(contract.stack, { partner: partner.name, voice: 'never' }, { kind: 'fail', error: 'no' });
    const failed = await finished(partner, 'never', 'embed');
    expect(failed).toMatchObject({ embedding_zip_url: null, preferred_sample_index: null });
    expect(failed.embedding_info).toMatchObject({ last_update_status: 'failed', test_samples: [], sample_scores: [] });
  });
});

describe('DELETE test-files', () => {
  it('deletes those of one tts type, keeps zip and scores, and succeeds a second time', async () => {
    await voiceOfSamples(partner, 'tests', 1);
    await finished(partner, 'tests', 'embed', { tts_type: 'other_tts' });
    const before = await finished(partner, 'tests', 'embed', { tts_type: 'kyutai' });
    const route = partner.route('tests');
    for (const type of ['kyutai', 'kyutai', 'unheard_of']) {
      expect((await partner.http.delete(`${route}/test-files/${type}`)).status).toBe(204);
    }
    expect(await filenames('tests')).toEqual([]);
    expect(await filenames('tests', '?tts_type=other_tts')).toHaveLength(2);
    expect((await partner.http.get(`${route}/test-samples/test_1_1.opus`)).status).toBe(404);
    const after = await details(partner, 'tests');
    const stale_reasons: unknown = expect.any(Array); // other tests change what the endpoint last reported
    expect(after.embedding_info).toEqual({ ...before.embedding_info, test_samples: [], stale_reasons });
    expect((await fetch(after.embedding_zip_url ?? '')).status).toBe(200);
  });
});

describe('the preferred sample', () => {
  const prefer = async (voice: string, index: number | null): Promise<Details> =>
    (await partner.http.put<Details>(`${partner.route(voice)}/preferred-sample`, { sample_index: index })).body;

  it('is the one with the best score, unless a client has chosen one that still exists', async () => {
    await voiceOfSamples(partner, 'preferred', 3);
    expect((await finished(partner, 'preferred', 'embed')).preferred_sample_index).toBe(1);
    expect((await prefer('preferred', 3)).preferred_sample_index).toBe(3);
    expect((await finished(partner, 'preferred', 'embed')).preferred_sample_index).toBe(3);
    expect((await prefer('preferred', null)).preferred_sample_index).toBeNull();
    expect((await finished(partner, 'preferred', 'embed')).preferred_sample_index).toBe(1);
    expect((await prefer('preferred', 2)).preferred_sample_index).toBe(2);
    await partner.http.delete(`${partner.route('preferred')}/samples/2`);
    expect((await details(partner, 'preferred')).preferred_sample_index).toBeNull();
    expect((await finished(partner, 'preferred', 'embed')).preferred_sample_index).toBe(1);
  });

  it('cannot be a sample that does not exist', async () => {
    const answer = await partner.http.put(`${partner.route('any')}/preferred-sample`, { sample_index: 2 });
    expect(said(answer)).toEqual({ status: 404, detail: 'Sample not found' });
  });
});

describe('the signed URL of an embedding', () => {
  it('needs no key, expires after an hour and is refused if it was altered', async () => {
    const url = (await finished(partner, 'any', 'embed')).embedding_zip_url ?? '';
    const whole = await fetch(url);
    expect([whole.status, whole.headers.get('content-type')]).toEqual([200, 'application/zip']);
    expect(whole.headers.get('content-disposition')).toContain('any-kyutai.zip');
    const token = url.split('/').at(-1) ?? '';
    const [version, grant = '', mac] = token.split('.');
    const fields = JSON.parse(Buffer.from(grant, 'base64url').toString()) as [string, string, number];
    expect(fields[2] - Date.now() / 1000).toBeGreaterThan(3_590);
    expect(fields[2] - Date.now() / 1000).toBeLessThanOrEqual(3_600);
    const longer = Buffer.from(JSON.stringify(fields.with(2, fields[2] + 1))).toString('base64url');
    const changed = [`${version}.${longer}.${mac}`, `${token}x`, token.slice(0, -1), `2.${grant}.${mac}`, grant];
    for (const each of changed) {
      const answer = await contract.client().get(`/objects/${each}`);
      expect(said(answer)).toEqual({ status: 403, detail: 'Access denied' });
    }
    expect(said(await contract.client().put(`/objects/${token}`, 'x')).status).toBe(403);
  });
});
