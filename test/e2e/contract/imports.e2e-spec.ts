import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  madeVoice,
  opusOf,
  packed,
  silentPacket,
  withContent,
  type MadeVoiceOptions,
} from '../../../libs/transfer/test/made-archive.js';
import type { Answer } from '../../support/http.js';
import type { Contract } from '../../support/openapi-client.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { bytesOf, details, settled, type Details } from '../../support/voices.js';
import { instantContract } from './emulated.js';
import { finished, said, voiceOfSamples } from './made-voices.js';
import { json, ofImport } from './refusal-tables.js';

let contract: Contract;
let partner: TestPartner;
let other: TestPartner;

beforeAll(async () => {
  ({ contract, partner } = await instantContract());
  other = await contract.partner();
});

const formOf = (archive: Buffer, fields: Readonly<Record<string, string>> = {}): FormData => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('file', new Blob([archive]), 'voice.zip');
  return form;
};
const importTo = (
  to: TestPartner,
  archive: Buffer,
  fields: Readonly<Record<string, string>> = {},
  headers: Record<string, string> = {},
): Promise<Answer<Details>> => to.http.post<Details>(`${to.route()}/import`, formOf(archive, fields), headers);
const made = (options: MadeVoiceOptions): Buffer => packed(madeVoice(options));

describe('POST import', () => {
  it('makes the voice of an export, which exports the same bytes again', async () => {
    const name = 'Stimme ü 日本 🎙';
    await voiceOfSamples(partner, name, 2);
    await finished(partner, name, 'embed');
    const archive = await bytesOf(partner, `${partner.route(name)}/export`);
    const answer = await importTo(other, archive);
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`/api${other.route(name)}`);
    expect(answer.body).toMatchObject({
      name,
      status: { splitting: 'in_progress' },
      samples: [],
      embedding_info: null,
    });
    const found = await settled(other, name);
    const wanted = await details(partner, name);
    const ownEach = { id: expect.any(String), updated_at: expect.any(String), embedding_zip_url: expect.any(String) };
    const stale_reasons: unknown = expect.any(Array); // other tests change what the endpoint last reported
    const embedding = { ...wanted.embedding_info, run_id: expect.any(String), stale_reasons };
    expect(found).toEqual({ ...wanted, ...ownEach, embedding_info: embedding });
    expect((await bytesOf(other, `${other.route(name)}/export`)).equals(archive)).toBe(true);
    const zip = await fetch(found.embedding_zip_url ?? '');
    expect([zip.status, (await zip.text()).slice(0, 2)]).toEqual([200, 'PK']);
    for (const path of ['embedding', 'test-samples/test_1_1.opus', 'samples/2', 'samples-bundle']) {
      expect([path, (await other.http.fetch(`${other.route(name)}/${path}`)).status]).toEqual([path, 200]);
    }
    const embedded = await finished(other, name, 'embed');
    expect(embedded.errors.embedding).toBeNull();
  });

  it('splits the original of an import again', async () => {
    const archive = made({ name: 'split again', hasOriginal: true });
    expect((await importTo(other, archive)).status).toBe(201);
    await settled(other, 'split again');
    const split = await finished(other, 'split again', 'split', { sample_duration: 10 });
    expect(split.samples.map(({ duration }) => duration)).toEqual([10, 10]);
    expect((await other.http.fetch(`${other.route('split again')}/waveform`)).status).toBe(200);
  });

  it('refuses a name that is taken, appends a number, or takes another name', async () => {
    const archive = made({ name: 'taken' });
    expect((await importTo(other, archive)).status).toBe(201);
    expect(said(await importTo(other, archive))).toEqual({ status: 409, detail: 'Voice already exists' });
    expect(said(await importTo(other, archive, { on_conflict: 'fail' })).status).toBe(409);
    const renamed = await importTo(other, archive, { on_conflict: 'rename' });
    expect([renamed.status, renamed.body.name]).toEqual([201, 'taken (2)']);
    expect(renamed.headers.get('location')).toBe(`/api${other.route('taken (2)')}`);
    const named = await importTo(other, archive, { name: ' free ' });
    expect([named.status, named.body.name]).toEqual([201, 'free']);
  });

  it('imports once for each Idempotency-Key', async () => {
    const [archive, headers] = [made({ name: 'once' }), { 'Idempotency-Key': 'import once' }];
    const first = await importTo(other, archive, {}, headers);
    const again = await importTo(other, archive, {}, headers);
    expect([first.status, again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 201, 'true']);
    expect(again.body.id).toBe(first.body.id);
    const changed = await importTo(other, made({ name: 'other' }), {}, headers);
    expect(said(changed)).toEqual({ status: 409, detail: 'Idempotency-Key was used with another request' });
  });

  it('says in the details which file is no audio, and stays empty', async () => {
    // The header of a packet with two frames of one size needs an even number of bytes behind it.
    const broken = opusOf(1, Buffer.concat([Buffer.from([0xf1]), silentPacket]));
    const archive = packed(withContent(madeVoice({ name: 'broken' }), 'samples/0001.opus', broken));
    expect((await importTo(other, archive)).status).toBe(201);
    expect(await settled(other, 'broken')).toMatchObject({
      ...{ status: { splitting: 'failed', embedding: 'idle' }, samples: [], labels: {} },
      errors: { splitting: 'samples/0001.opus cannot be decoded as audio', embedding: null },
    });
    expect((await other.http.delete(other.route('broken'))).status).toBe(204);
  });

  it('refuses what is no export, and leaves no voice', async () => {
    const count = (await other.http.get<unknown[]>(other.route())).body.length;
    const route = `${other.route()}/import`;
    const right = made({ name: 'refused' });
    expect(said(await importTo(other, Buffer.from('x'.repeat(2_000))))).toEqual({
      status: 422,
      detail: 'The file is not a ZIP archive',
    });
    expect(said(await importTo(other, right.subarray(0, -40))).status).toBe(422);
    expect(said(await other.http.post(route, new FormData())).status).toBe(422);
    const answer = await importTo(other, right, { on_conflict: 'replace' });
    expect([answer.status, answer.body]).toMatchObject([422, { errors: [{ field: 'on_conflict' }] }]);
    expect((await importTo(other, right, { name: 'a/b' })).body).toMatchObject({ errors: [{ field: 'name' }] });
    expect(said(await other.http.post(route, '{', json)).status).toBe(400);
    expect(said(await other.http.post(route, new URLSearchParams({ name: 'x'.repeat(70_000) }))).status).toBe(413);
    expect(said(await contract.admin.post('/voices/nobody-here/import', formOf(right))).status).toBe(404);
    expect((await other.http.get<unknown[]>(other.route())).body).toHaveLength(count);
  });
});

describe('coverage of openapi.json by the tests above', () => {
  it('includes every documented status of an import', () => {
    const elsewhere = /^(401|403|408|429|5\d\d)$/; // those of every route
    const unseen = contract.recorder.unseen((status) => !elsewhere.test(String(status)));
    expect(unseen.filter((each) => ofImport.test(each))).toEqual([]);
  });
});
