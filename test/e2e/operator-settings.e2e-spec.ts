import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpClient } from '../support/http.js';
import { makePartner, sharedStack } from '../support/shared-stack.js';
import { startSecondApi, type SecondApi } from './contract/second-api.js';
import { toneForm } from './contract/tone.js';

const page = 'https://app.example.com';
const preflight = { method: 'OPTIONS', headers: { Origin: page, 'Access-Control-Request-Method': 'POST' } };

describe('an API as it comes', () => {
  const http = new HttpClient(sharedStack().baseUrl, sharedStack().adminKey);

  it('lets no page of another origin in', async () => {
    for (const init of [preflight, { headers: { Origin: page } }]) {
      const answer = await http.fetch('/admin/partners', init);
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });

  it('shows its documentation', async () => {
    expect((await http.fetch('/openapi.json')).status).toBe(200);
  });
});

describe('an API that was set up otherwise', () => {
  const stack = sharedStack();
  const [next, old] = [`next-${randomUUID()}`, `old-${randomUUID()}`];
  let api: SecondApi;
  beforeAll(async () => {
    api = await startSecondApi(stack, {
      CORS_ORIGINS: `${page},https://other.example.com`,
      SWAGGER: 'off',
      PUBLIC_URL: 'https://voice.example.com/timbre/',
      TRUST_PROXY: 'loopback',
      ADMIN_API_KEY: `${next},${old}`,
    });
  });
  afterAll(() => api.stop());
  const http = (key?: string): HttpClient => new HttpClient(api.address.baseUrl, key);

  it('lets the pages in that it was told of, and no other', async () => {
    const asked = await http().fetch('/voices/demo', preflight);
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-origin')).toBe(page);
    expect(asked.headers.get('access-control-allow-headers')).toContain('X-Api-Key');
    expect(asked.headers.get('access-control-allow-credentials')).toBeNull();
    // Errors too, or a page could not tell a refused key from a lost connection.
    const refused = await http('wrong').fetch('/voices/demo', {
      headers: { Origin: page, 'X-Forwarded-For': '192.0.2.1' },
    });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, page]);
    const stranger = await http(next).fetch('/admin/partners', { headers: { Origin: 'https://evil.example' } });
    expect(stranger.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('shows no documentation', async () => {
    for (const route of ['/docs', '/openapi.json']) expect((await http(next).fetch(route)).status).toBe(404);
    const origin = api.address.baseUrl.replace(/\/api$/, '');
    for (const path of ['/', '/api']) {
      const answer = await fetch(origin + path);
      expect([path, answer.status, await answer.text()]).toEqual([path, 200, expect.stringContaining('Timbre')]);
    }
    expect((await fetch(`${origin}/docs`)).status).toBe(404);
  });

  it('names the path of its public URL in Location', async () => {
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

  it('takes the old admin key as long as the next one is being rolled out', async () => {
    for (const key of [next, old]) expect((await http(key).get('/admin/partners')).status).toBe(200);
    expect((await http(stack.adminKey).get('/admin/partners', { 'X-Forwarded-For': '192.0.2.2' })).status).toBe(401);
  });

  it('counts failed authentications by the address its proxy tells, so that one client locks out no other', async () => {
    const from = (address: string): Promise<{ status: number }> =>
      http('wrong').get('/voices/demo', { 'X-Forwarded-For': address });
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 22; attempt++) statuses.push((await from('203.0.113.7')).status);
    expect(statuses.slice(19)).toEqual([401, 429, 429]);
    expect((await from('203.0.113.8')).status).toBe(401);
    // Only the proxy's own word counts, which is the last one: what a client writes before it changes nothing.
    expect((await from('198.51.100.1, 203.0.113.7')).status).toBe(429);
  });
});
