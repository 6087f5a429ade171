import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { audioTools, makeAudio, speech } from '../support/audio-measure.js';
import { formWithFile, HttpClient } from '../support/http.js';
import { temporaryFolder } from '../support/services.js';
import { makePartner, sharedStack } from '../support/shared-stack.js';
import { settled, type Details } from '../support/voices.js';
import { embedInstantly } from './contract/emulated.js';
import { startSecondApi, type SecondApi } from './contract/second-api.js';
import { toneForm } from './contract/tone.js';

const page = 'https://app.example.com';
const preflight = { method: 'OPTIONS', headers: { Origin: page, 'Access-Control-Request-Method': 'POST' } };

describe('an API with default settings', () => {
  const http = new HttpClient(sharedStack().baseUrl, sharedStack().adminKey);

  it('allows no other origin', async () => {
    for (const init of [preflight, { headers: { Origin: page } }]) {
      const answer = await http.fetch('/admin/partners', init);
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });

  it('serves openapi.json', async () => {
    expect((await http.fetch('/openapi.json')).status).toBe(200);
  });
});

describe('an API with its own settings', () => {
  const stack = sharedStack();
  const [next, old] = [`next-${randomUUID()}`, `old-${randomUUID()}`];
  let api: SecondApi;
  beforeAll(async () => {
    api = await startSecondApi(stack, {
      CORS_ORIGINS: `${page},https://other.example.com`,
      SWAGGER: 'off',
      CONSOLE: 'off',
      PUBLIC_URL: 'https://voice.example.com/timbre/',
      TRUST_PROXY: 'loopback',
      ADMIN_API_KEY: `${next},${old}`,
      SPLIT_MODE: 'speech',
      REQUIRE_CONSENT: 'true',
    });
  });
  afterAll(() => api.stop());
  const http = (key?: string): HttpClient => new HttpClient(api.address.baseUrl, key);

  it('allows the origins of CORS_ORIGINS and no other', async () => {
    const asked = await http().fetch('/voices/demo', preflight);
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-origin')).toBe(page);
    expect(asked.headers.get('access-control-allow-headers')).toContain('X-Api-Key');
    expect(asked.headers.get('access-control-allow-credentials')).toBeNull();
    // Errors carry the header too. Without it a page could not distinguish a refused key from a lost connection.
    const refused = await http('wrong').fetch('/voices/demo', {
      headers: { Origin: page, 'X-Forwarded-For': '192.0.2.1' },
    });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, page]);
    const stranger = await http(next).fetch('/admin/partners', { headers: { Origin: 'https://evil.example' } });
    expect(stranger.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('serves no documentation with SWAGGER=off', async () => {
    for (const route of ['/docs', '/openapi.json']) expect((await http(next).fetch(route)).status).toBe(404);
    const origin = api.address.baseUrl.replace(/\/api$/, '');
    for (const path of ['/', '/api']) {
      const answer = await fetch(origin + path);
      expect([path, answer.status, await answer.text()]).toEqual([path, 200, expect.stringContaining('Timbre')]);
    }
    expect((await fetch(`${origin}/docs`)).status).toBe(404);
  });

  it('uses the path of PUBLIC_URL in Location', async () => {
    const partner = await makePartner(stack);
    const voices = `/timbre/api/voices/${partner.name}`;
    const client = http(partner.key);
    const created = await client.post(partner.route(), { name: 'a b' });
    expect([created.status, created.headers.get('location')]).toEqual([201, `${voices}/a%20b`]);
    const empty = await client.post(`${partner.route()}/empty`, { name: 'ü' });
    expect(empty.headers.get('location')).toBe(`${voices}/%C3%BC`);
    const sample = await client.post(`${partner.route('ü')}/samples`, toneForm(1.5));
    expect([sample.status, sample.headers.get('location')]).toEqual([201, `${voices}/%C3%BC/samples/1`]);
  });

  it('splits in the mode of SPLIT_MODE unless the request names another', async () => {
    const partner = await makePartner(stack);
    await embedInstantly(stack, partner);
    const client = http(partner.key);
    const recording = path.join(temporaryFolder(), 'speech.flac');
    await makeAudio(audioTools(), ['-i', speech('en'), '-t', '46', recording]);
    const created = await client.post(partner.route(), await formWithFile(recording, { name: 'read' }));
    expect(created.status).toBe(201);
    const durations = ({ samples }: Pick<Details, 'samples'>): number[] => samples.map(({ duration }) => duration);
    const fixed = [15, 15, 15];
    const made = durations(await settled(partner, 'read'));
    expect(made).not.toEqual(fixed);
    const planned = async (fields: Record<string, unknown>): Promise<number[]> =>
      durations((await client.post<Details>(`${partner.route('read')}/split`, { ...fields, dry_run: true })).body);
    expect(await planned({})).toEqual(made);
    expect(await planned({ mode: 'fixed' })).toEqual(fixed);
  });

  it('refuses to embed a voice without consent if REQUIRE_CONSENT says so', async () => {
    const partner = await makePartner(stack);
    await embedInstantly(stack, partner);
    const client = http(partner.key);
    const route = partner.route('unasked');
    await client.post(`${partner.route()}/empty`, { name: 'unasked' });
    await client.post(`${route}/samples`, toneForm(1.5));
    const refused = await client.post(`${route}/embed`);
    expect([refused.status, refused.body]).toEqual([409, { detail: 'Voice has no consent on record' }]);
    const consent = { statement: 'I agree.', language: 'en', granted_by: 'Jane Doe', method: 'verbal' };
    const { body } = await client.post<{ id: string }>(`${route}/consent`, consent);
    expect((await client.post(`${route}/embed`)).status).toBe(202);
    await settled(partner, 'unasked');
    await client.post(`${route}/consent/${body.id}/revoke`);
    const unspoken = await client.post(`${route}/speak`, { text: 'One.' });
    expect([unspoken.status, unspoken.body]).toEqual([409, { detail: 'Voice has no consent on record' }]);
  });

  it('accepts every admin key of ADMIN_API_KEY, so that a key can be rotated', async () => {
    for (const key of [next, old]) expect((await http(key).get('/admin/partners')).status).toBe(200);
    expect((await http(stack.adminKey).get('/admin/partners', { 'X-Forwarded-For': '192.0.2.2' })).status).toBe(401);
  });

  it('counts failed authentications by the client address from the proxy, so that one client cannot block another', async () => {
    const from = (address: string): Promise<{ status: number }> =>
      http('wrong').get('/voices/demo', { 'X-Forwarded-For': address });
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 22; attempt++) statuses.push((await from('203.0.113.7')).status);
    expect(statuses.slice(19)).toEqual([401, 429, 429]);
    expect((await from('203.0.113.8')).status).toBe(401);
    // Only the last address counts, which the proxy has added. The addresses before it come from the client.
    expect((await from('198.51.100.1, 203.0.113.7')).status).toBe(429);
  });

  it('counts failed authentications by the /64 of an IPv6 address, and still accepts a valid key from there', async () => {
    const invented = `tk_${'a'.repeat(16)}_${'A'.repeat(43)}`;
    const from = (key: string, address: string): Promise<{ status: number }> =>
      http(key).get('/voices/demo', { 'X-Forwarded-For': address });
    const statuses: number[] = [];
    for (let host = 1; host <= 22; host++) statuses.push((await from(invented, `2001:db8:0:7::${host}`)).status);
    expect(statuses.slice(19)).toEqual([401, 429, 429]);
    expect((await from(invented, '2001:db8:0:8::1')).status).toBe(401);
    const partner = await makePartner(stack);
    expect((await http(partner.key).get(partner.route(), { 'X-Forwarded-For': '2001:db8:0:7::99' })).status).toBe(200);
  });
});
