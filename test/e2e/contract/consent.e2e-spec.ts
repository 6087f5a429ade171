import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer, Body } from '../../support/http.js';
import { Contract } from '../../support/openapi-client.js';
import { sharedStack, type TestPartner } from '../../support/shared-stack.js';
import { bodyForms } from './body-forms.js';
import { behave } from './emulated.js';
import { emptyVoice, finished, said, voiceOfSamples } from './made-voices.js';
import { json, ofConsent } from './refusal-tables.js';
import { sql } from './sql.js';
import { toneForm, toneWav } from './tone.js';

interface Consent {
  readonly id: string;
  readonly statement: string;
  readonly language: string;
  readonly file: { readonly name: string; readonly bytes: number; readonly sha256: string } | null;
  readonly similarity: { readonly score: number; readonly scorer: string; readonly measured_at: string } | null;
  readonly revoked_at: string | null;
}

const fields = {
  statement: 'I agree to a model of my voice.',
  language: 'en',
  granted_by: 'Zoë Doe',
  method: 'verbal',
};

let contract: Contract;
let partner: TestPartner;

beforeAll(async () => {
  contract = new Contract(sharedStack());
  partner = await contract.partner();
  await Promise.all([voiceOfSamples(partner, 'asked', 2), emptyVoice(partner, 'other')]);
});

const add = (body: Body, voice = 'asked'): Promise<Answer<Consent>> =>
  partner.http.post<Consent>(`${partner.route(voice)}/consent`, body);
const list = async (voice = 'asked'): Promise<readonly Consent[]> =>
  (await partner.http.get<Consent[]>(`${partner.route(voice)}/consent`)).body;
const revoke = (id: string, body?: Body, voice = 'asked'): Promise<Answer<Consent>> =>
  partner.http.post<Consent>(`${partner.route(voice)}/consent/${id}/revoke`, body);

function formWith(file: Uint8Array, name: string, method: string): FormData {
  const form = new FormData();
  for (const [field, value] of Object.entries({ ...fields, method })) form.set(field, value);
  form.set('file', new Blob([file]), name);
  return form;
}

describe('POST consent', () => {
  it('keeps a recording as it was sent, and compares it with the samples by the next embedding', async () => {
    const made = await add(toneForm(2, { ...fields, method: 'recorded', text_version: '2026-11' }, 'yes "é".wav'));
    const sent = toneWav(2);
    const file = {
      name: 'yes "é".wav',
      bytes: sent.length,
      sha256: createHash('sha256').update(sent).digest('hex'),
      duration: 2,
    };
    const given = { ...fields, method: 'recorded', text_version: '2026-11', file, similarity: null, revoked_at: null };
    expect([made.status, made.body]).toMatchObject([201, given]);
    const path = `${partner.route('asked')}/consent/${made.body.id}/file`;
    expect(made.headers.get('location')).toBe(`/api${path}`);
    expect(await list()).toContainEqual(made.body);

    const whole = await partner.http.fetch(path);
    expect(whole.headers.get('content-type')).toBe('application/octet-stream');
    expect(whole.headers.get('content-disposition')).toMatch(/^attachment; filename="yes /);
    expect(Buffer.from(await whole.arrayBuffer()).equals(sent)).toBe(true);
    const part = await partner.http.fetch(path, { headers: { Range: 'bytes=0-3' } });
    expect([part.status, await part.text()]).toEqual([206, 'RIFF']);
    const etag = whole.headers.get('etag') ?? '';
    expect((await partner.http.fetch(path, { headers: { 'If-None-Match': etag } })).status).toBe(304);
    expect((await partner.http.fetch(path, { headers: { Range: 'bytes=99999999-' } })).status).toBe(416);
    const head = await partner.http.fetch(path, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(sent.length));

    await finished(partner, 'asked', 'embed');
    const measured = (await list()).find(({ id }) => id === made.body.id)?.similarity;
    expect(measured?.score).toBeGreaterThan(0.5); // the samples are the same tone
    expect(measured?.score).toBeLessThanOrEqual(1);
    expect(measured).toMatchObject({ scorer: expect.any(String), measured_at: expect.stringMatching(/Z$/) });
  });

  it.each(bodyForms)('takes its fields as %s', async (_form, of) => {
    const given = { ...fields, statement: ' Line one\r\nLine two\n', language: 'PT-br', method: 'written' };
    const made = await add(of(given), 'other');
    const expected = { statement: 'Line one\nLine two', language: 'pt-BR', text_version: null, file: null };
    expect([made.status, made.body]).toMatchObject([201, expected]);
  });

  it('keeps a document of any kind, and an empty voice may have consents', async () => {
    const made = await add(formWith(Buffer.from('%PDF-1.7 …'), '../signed.pdf', 'written'), 'other');
    expect([made.status, made.body.file]).toMatchObject([201, { name: 'signed.pdf', duration: null }]);
    const file = await partner.http.fetch(`${partner.route('other')}/consent/${made.body.id}/file`);
    expect(await file.text()).toBe('%PDF-1.7 …');
  });

  it('refuses wrong fields and files, and keeps nothing of them', async () => {
    const before = await list('other');
    const wrong: readonly (readonly [Record<string, unknown>, field: string])[] = [
      [{ statement: ' \n ' }, 'statement'],
      [{ statement: 'x'.repeat(2001) }, 'statement'],
      [{ statement: 'a\u0000b' }, 'statement'],
      [{ language: '' }, 'language'],
      [{ language: 'not a tag' }, 'language'],
      [{ granted_by: '' }, 'granted_by'],
      [{ granted_by: 'x'.repeat(256) }, 'granted_by'],
      [{ method: 'guessed' }, 'method'],
      [{ method: null }, 'method'],
      [{ text_version: 'x'.repeat(101) }, 'text_version'],
      [{ file: 'path.wav' }, 'file'],
    ];
    for (const [change, field] of wrong) {
      const answer = await add({ ...fields, ...change }, 'other');
      expect([change, answer.status, answer.body]).toMatchObject([change, 422, { errors: [{ field }] }]);
    }
    const missing = said(await add({}, 'other'));
    expect(missing).toEqual({ status: 422, detail: 'statement is required' });
    expect(said(await add(formWith(Buffer.from('no audio'), 'x.wav', 'recorded'), 'other')).status).toBe(422);
    expect(said(await add(formWith(Buffer.alloc(0), 'x.pdf', 'written'), 'other'))).toEqual({
      status: 422,
      detail: 'The file is empty',
    });
    const large = formWith(Buffer.alloc(20 * 1024 ** 2 + 1), 'x.pdf', 'written');
    expect(said(await add(large, 'other'))).toEqual({ status: 413, detail: 'file may have at most 20 MiB' });
    const broken = partner.http.post(`${partner.route('other')}/consent`, '{', json);
    expect(said(await broken).status).toBe(400);
    expect(said(await add(fields, 'nobody'))).toEqual({ status: 404, detail: 'Voice not found' });
    expect(await list('other')).toEqual(before);
  });

  it('refuses more consents than a voice may have', async () => {
    await emptyVoice(partner, 'full');
    await sql(
      contract.stack,
      `INSERT INTO consents (id, voice_id, statement, language, granted_by, method)
       SELECT gen_random_uuid(), v.id, 'Yes.', 'en', 'Jane', 'verbal' FROM generate_series(1, 100), voices v
       JOIN partners p ON p.id = v.partner_id WHERE p.name = $1 AND v.name = 'full'`,
      [partner.name],
    );
    expect(said(await add(fields, 'full'))).toEqual({ status: 409, detail: 'Voice has too many consents' });
  });
});

describe('POST revoke', () => {
  it('revokes a consent once, and keeps it on record', async () => {
    const { body } = await add(fields);
    const revoked = await revoke(body.id);
    expect([revoked.status, revoked.body]).toEqual([200, { ...body, revoked_at: expect.stringMatching(/Z$/) }]);
    expect((await revoke(body.id, { erase: false })).body).toEqual(revoked.body);
    expect(await list()).toContainEqual(revoked.body);
    expect(said(await revoke(body.id, { erase: 'perhaps' }))).toMatchObject({ status: 422 });
    const path = `${partner.route('asked')}/consent/${body.id}/revoke`;
    expect(said(await partner.http.post(path, '{', json)).status).toBe(400);
    expect(said(await revoke(body.id, new URLSearchParams({ erase: 'x'.repeat(70_000) }))).status).toBe(413);
  });

  it('answers 404 for a consent of another voice, and for a file that was not sent', async () => {
    const { body } = await add(fields);
    const file = `${partner.route('asked')}/consent/${body.id}/file`;
    expect(said(await partner.http.get(file))).toEqual({ status: 404, detail: 'Consent has no file' });
    const unknown = { status: 404, detail: 'Consent not found' };
    expect(said(await revoke(body.id, undefined, 'other'))).toEqual(unknown);
    expect(said(await partner.http.get(`${partner.route('other')}/consent/${body.id}/file`))).toEqual(unknown);
    expect(said(await partner.http.get(`${partner.route('nobody')}/consent`)).status).toBe(404);
  });

  it('erases a voice in processing, to which a consent was added meanwhile', async () => {
    await voiceOfSamples(partner, 'held', 1);
    await behave(contract.stack, { partner: partner.name, voice: 'held' }, { kind: 'hold' });
    const { id: voiceId } = (await partner.http.post<{ id: string }>(`${partner.route('held')}/embed`)).body;
    const { body } = await add(toneForm(2, { ...fields, method: 'recorded' }), 'held');
    const erased = await revoke(body.id, new URLSearchParams({ erase: 'true' }), 'held');
    expect([erased.status, erased.body]).toMatchObject([200, { id: body.id, revoked_at: expect.any(String) }]);
    for (const path of ['', '/consent', `/consent/${body.id}/file`]) {
      const gone = await partner.http.get(`${partner.route('held')}${path}`);
      expect(said(gone)).toEqual({ status: 404, detail: 'Voice not found' });
    }
    const left = await sql<{ n: number }>(
      contract.stack,
      `SELECT (SELECT count(*) FROM consents WHERE voice_id = $1)::int
         + (SELECT count(*) FROM jobs WHERE voice_id = $1)::int AS n`,
      [voiceId],
    );
    expect(left).toEqual([{ n: 0 }]);
    expect(said(await revoke(body.id, { erase: true }, 'held'))).toEqual({ status: 404, detail: 'Voice not found' });
  });
});

describe('coverage of openapi.json by the tests above', () => {
  it('includes every documented status of a consent', () => {
    const elsewhere = /^(302|401|403|408|429|5\d\d)$/; // 302 needs a bucket, the others are those of every route
    const unseen = contract.recorder.unseen((status) => !elsewhere.test(String(status)));
    const ofIdempotency = 'revokeConsent 409'; // a POST with a key that another request has used
    expect(unseen.filter((each) => ofConsent.test(each) && each !== ofIdempotency)).toEqual([]);
  });
});
