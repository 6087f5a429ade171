import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Body } from '../../support/http.js';
import { Contract } from '../../support/openapi-client.js';
import { sharedStack, type TestPartner } from '../../support/shared-stack.js';
import { details, type Details } from '../../support/voices.js';
import { behave, behaveAgain } from './emulated.js';
import { finished, said, speechEnded, voiceOfSamples, without, type Speech } from './made-voices.js';
import { ofSpeech } from './refusal-tables.js';
import { sql } from './sql.js';

const json = { Accept: 'application/json' };

let contract: Contract;
let partner: TestPartner;

beforeAll(async () => {
  contract = new Contract(sharedStack());
  partner = await contract.partner();
  await voiceOfSamples(partner, 'speaker', 2); // by the acoustic engine, so that the embeddings are real files
  await finished(partner, 'speaker', 'embed', { language: 'fr-CA' });
  await voiceOfSamples(partner, 'mute', 1);
});

const route = (): string => partner.route('speaker');
const ended = (id: string): Promise<Speech> => speechEnded(partner, 'speaker', id);
const speak = (body: Body, voice = 'speaker') => partner.http.post<Speech>(`${partner.route(voice)}/speak`, body);

describe('POST speak', () => {
  it('speaks a text, which can then be downloaded like any audio', async () => {
    const before = await details(partner, 'speaker');
    const asked = { text: 'Bonjour, et bienvenue à tous.', sample_index: 2, seed: 7 };
    const made = await speak(asked);
    expect(made.status).toBe(202);
    const expected = { ...asked, status: 'in_progress', language: 'fr-CA', tts_type: 'kyutai', error: null };
    expect(made.body).toMatchObject(expected);
    const path = `${route()}/speech/${made.body.id}`;
    expect(made.headers.get('location')).toBe(`/api${path}`);

    const speech = await ended(made.body.id);
    expect(speech).toMatchObject({ ...asked, status: 'completed', error: null });
    expect(speech.duration).toBeGreaterThan(1);
    const audio = await partner.http.fetch(path);
    expect([audio.status, audio.headers.get('content-type')]).toEqual([200, 'audio/ogg']);
    expect(audio.headers.get('content-disposition')).toContain('speaker-speech.opus');
    const bytes = Buffer.from(await audio.arrayBuffer());
    expect(bytes.subarray(0, 4).toString()).toBe('OggS');
    const part = await partner.http.fetch(path, { headers: { Range: 'bytes=0-3' } });
    expect([part.status, await part.text()]).toEqual([206, 'OggS']);
    const etag = audio.headers.get('etag') ?? '';
    expect((await partner.http.fetch(path, { headers: { 'If-None-Match': etag } })).status).toBe(304);
    const head = await partner.http.fetch(path, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(bytes.length));
    expect((await partner.http.fetch(path, { headers: { Range: 'bytes=99999999-' } })).status).toBe(416);
    const after = await details(partner, 'speaker');
    // Other tests change what the endpoint last reported.
    const comparable = (voice: Details): object => ({
      ...without(voice, 'embedding_zip_url'),
      embedding_info: voice.embedding_info && without(voice.embedding_info, 'stale_reasons'),
    });
    expect(comparable(after)).toEqual(comparable(before));
  });

  it('takes its fields in every form of a body', async () => {
    const fields = { text: 'Deux.', sample_index: '2', seed: '5' };
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    for (const body of [form, new URLSearchParams(fields), { ...fields, sample_index: 2, seed: 5 }]) {
      const made = await speak(body);
      expect([made.status, made.body]).toMatchObject([202, { text: 'Deux.', sample_index: 2, seed: 5 }]);
    }
  });

  it('takes the preferred sample and a random seed by default, and answers 202 until the text is spoken', async () => {
    const match = { partner: partner.name, voice: 'speaker' };
    await behave(contract.stack, match, { kind: 'hold' });
    const { preferred_sample_index: preferred } = await details(partner, 'speaker');
    const made = await speak({ text: 'Un.' });
    expect(made.body).toMatchObject({ sample_index: preferred, seed: expect.any(Number) });
    const waiting = await partner.http.get<Speech>(`${route()}/speech/${made.body.id}`);
    expect([waiting.status, waiting.headers.get('retry-after')]).toEqual([202, '2']);
    expect(waiting.body).toEqual(made.body);
    const other = await speak({ text: 'Un autre en même temps.' });
    expect(other.status).toBe(202);

    for (const { id } of [made.body, other.body]) {
      expect((await contract.admin.post(`/admin/jobs/${id}/cancel`)).status).toBe(202);
      const failed = await partner.http.get<Speech>(`${route()}/speech/${id}`);
      expect([failed.status, failed.body.status, failed.body.error]).toEqual([200, 'failed', 'Cancelled']);
    }
    await behaveAgain(contract.stack, match);
  });

  it('reports why the GPU side has failed', async () => {
    const match = { partner: partner.name, voice: 'speaker' };
    await behave(contract.stack, match, { kind: 'fail', error: 'CUDA out of memory' });
    const made = await speak({ text: 'Un.' });
    expect((await ended(made.body.id)).error).toBe('The text could not be spoken: CUDA out of memory');
    await behaveAgain(contract.stack, match);
    expect((await details(partner, 'speaker')).errors.embedding).toBeNull();
  });

  it('refuses a text that is too long, a sample that does not exist, and a voice without an embedding', async () => {
    const long = said(await speak({ text: 'x'.repeat(501) }));
    expect(long).toEqual({
      status: 422,
      detail: 'text must be text of 1 to 500 characters without control characters',
    });
    expect(said(await speak({ text: 'Un.', sample_index: 9 }))).toEqual({ status: 404, detail: 'Sample not found' });
    expect(said(await speak({ text: 'Un.' }, 'mute'))).toEqual({ status: 409, detail: 'Voice has no embedding' });
    expect(said(await partner.http.post(`${route()}/speak`, '{', { 'Content-Type': 'application/json' })).status).toBe(
      400,
    );
    expect(said(await speak(new URLSearchParams({ text: 'x'.repeat(70_000) }))).status).toBe(413);
  });

  it('refuses a sample that was added after the embedding', async () => {
    await voiceOfSamples(partner, 'grown', 1);
    await finished(partner, 'grown', 'embed');
    await sql(
      contract.stack,
      `UPDATE samples SET sha256 = 'other' FROM voices v WHERE v.id = voice_id AND name = 'grown'`,
    );
    const answer = await speak({ text: 'One.', sample_index: 1 }, 'grown');
    expect(said(answer)).toEqual({ status: 404, detail: 'Embedding not found' });
  });
});

describe('GET speech', () => {
  it('returns JSON about the speech if the client prefers it', async () => {
    const { body } = await speak({ text: 'Un.' });
    await ended(body.id);
    const asked = await partner.http.get<Speech>(`${route()}/speech/${body.id}`, json);
    expect([asked.status, asked.body]).toMatchObject([200, { id: body.id, status: 'completed' }]);
    expect(asked.headers.get('vary')).toContain('Accept');
  });

  it('returns 404 once the speech has expired, and for the id of another voice', async () => {
    const { body } = await speak({ text: 'Un.' });
    await ended(body.id);
    const elsewhere = await partner.http.get(`${partner.route('mute')}/speech/${body.id}`);
    expect(said(elsewhere)).toEqual({ status: 404, detail: 'Speech not found' });
    await sql(contract.stack, `UPDATE speeches SET expires_at = now() WHERE id = '${body.id}'`);
    const expired = await partner.http.get(`${route()}/speech/${body.id}`);
    expect(said(expired)).toEqual({ status: 404, detail: 'Speech not found' });
  });
});

describe('coverage of openapi.json by the tests above', () => {
  it('includes every documented status of a speech', () => {
    const elsewhere = /^(302|401|403|408|429|5\d\d)$/; // 302 needs a bucket, the others are those of every route
    const unseen = contract.recorder.unseen((status) => !elsewhere.test(String(status)));
    expect(unseen.filter((each) => ofSpeech.test(each))).toEqual([]);
  });
});
