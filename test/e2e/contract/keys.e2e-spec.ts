import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HttpClient } from '../../support/http.js';
import { Contract } from '../../support/openapi-client.js';
import { startValkey } from '../../support/services.js';
import { sharedStack, type TestPartner } from '../../support/shared-stack.js';
import { waitFor } from '../../support/wait-for.js';
import { said } from './made-voices.js';
import { startSecondApi, type SecondApi } from './second-api.js';

/*
 * Two API processes with a Redis of their own: other tests need more than five requests a minute, and a Redis that does not
 * fail. No test here needs a worker.
 */
const limit = 5;
const env = { RATE_LIMIT_PER_MINUTE: String(limit) };
/** Revoked keys leave the cache of another process by its age after 30 s. Sooner means by a notification. */
const beforeCacheEndsMs = 20_000;
const limited = { status: 429, detail: 'Rate limit exceeded' };

let valkey: Awaited<ReturnType<typeof startValkey>>;
let first: SecondApi;
let second: SecondApi;
let contract: Contract;
let elsewhere: Contract;

beforeAll(async () => {
  valkey = await startValkey();
  const stack = { ...sharedStack(), redisUrl: valkey.url };
  [first, second] = await Promise.all([startSecondApi(stack, env), startSecondApi(stack, env)]);
  contract = new Contract(first.address);
  elsewhere = new Contract(second.address);
});
afterAll(async () => {
  await Promise.all([first?.stop(), second?.stop()]);
  await valkey?.process.stop();
});

interface Key {
  readonly id: string;
  readonly partner: string;
  readonly key: string;
}

/** Resets all rate limits. The key of the operator is limited too, and a test needs more than five requests a minute. */
async function endWindows(): Promise<void> {
  const { Redis } = await import('ioredis');
  const redis = new Redis(valkey.url);
  const keys = await redis.keys('{timbre-rate}:*');
  if (keys.length > 0) await redis.del(...keys);
  redis.disconnect();
}

async function newKey(partner: TestPartner, expiresAt?: Date): Promise<Key> {
  await endWindows();
  const fields = { name: 'test', ...(expiresAt && { expires_at: expiresAt.toISOString() }) };
  const made = await contract.admin.post<Key>(`/admin/partners/${partner.name}/keys`, fields);
  expect(made.status).toBe(201);
  return made.body;
}

async function newPartner(): Promise<TestPartner> {
  await endWindows();
  return contract.partner();
}

const listStatus = async (client: HttpClient, partner: TestPartner): Promise<number> =>
  (await client.get(partner.route())).status;

describe('a key', () => {
  it('is refused by every process at once after its revocation by one of them', async () => {
    const partner = await newPartner();
    const { id, key } = await newKey(partner);
    const there = elsewhere.client(key);
    expect([await listStatus(there, partner), await listStatus(there, partner)]).toEqual([200, 200]); // the key is cached now
    expect((await contract.admin.delete(`/admin/keys/${id}`)).status).toBe(204);
    const heard = async (): Promise<boolean> => (await listStatus(there, partner)) === 401;
    await waitFor('the other process refuses it', heard, { timeoutMs: beforeCacheEndsMs });
    expect(await listStatus(contract.client(key), partner)).toBe(401);
    expect(await listStatus(partner.http, partner)).toBe(200); // the partner's other key is still valid
    expect((await contract.admin.delete(`/admin/keys/${id}`)).status).toBe(204); // a second deletion succeeds too
  });

  /** Makes a key that expires soon, and uses it before it does. */
  async function cachedKey(partner: TestPartner, livesMs = 1_500): Promise<string> {
    const expiresAt = Date.now() + livesMs;
    const { key } = await newKey(partner, new Date(expiresAt));
    if ((await listStatus(contract.client(key), partner)) === 200) return key;
    expect(Date.now()).toBeGreaterThan(expiresAt); // this machine is slow
    return cachedKey(partner, 2 * livesMs);
  }

  it('is refused once it has expired, even if it is cached', async () => {
    const partner = await newPartner();
    const key = await cachedKey(partner);
    const expired = async (): Promise<boolean> => {
      await endWindows();
      return (await listStatus(contract.client(key), partner)) === 401;
    };
    await waitFor('it has expired', expired, { timeoutMs: 20_000, everyMs: 100 });
  });

  it('is listed without its secret, and with the times of its last use and its revocation', async () => {
    const partner = await newPartner();
    const made = await newKey(partner, new Date('2099-01-01T00:00:00Z'));
    const listed = async (): Promise<Record<string, string | null> | undefined> => {
      await endWindows();
      const answer = await contract.admin.get<Record<string, string | null>[]>(`/admin/partners/${partner.name}/keys`);
      expect(JSON.stringify(answer.body)).not.toContain(made.key);
      return answer.body.find(({ id }) => id === made.id);
    };
    expect(await listed()).toMatchObject({ last_used_at: null, revoked_at: null, expires_at: '2099-01-01T00:00:00Z' });
    await contract.client(made.key).get(partner.route());
    await waitFor('its use is noted', async () => (await listed())?.['last_used_at'] !== null);
    await endWindows();
    await contract.admin.delete(`/admin/keys/${made.id}`);
    expect((await listed())?.['revoked_at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it('is refused by every process at once after the erasure of its partner', async () => {
    const partner = await newPartner();
    expect(await listStatus(elsewhere.client(partner.key), partner)).toBe(200);
    expect((await contract.admin.delete(`/admin/partners/${partner.name}`)).status).toBe(204);
    const heard = async (): Promise<boolean> => (await listStatus(elsewhere.client(partner.key), partner)) === 401;
    await waitFor('the other process refuses it', heard, { timeoutMs: beforeCacheEndsMs });
  });
});

describe('the rate limit of a key', () => {
  it('is shared by all processes, returned in headers, and enforced with 429', async () => {
    const partner = await newPartner();
    const clients = [contract.client(partner.key), elsewhere.client(partner.key)];
    for (let sent = 1; sent <= limit; sent += 1) {
      const answer = await clients[sent % 2]?.get(partner.route());
      expect(answer?.status).toBe(200);
      expect(answer?.headers.get('ratelimit-limit')).toBe(String(limit));
      expect(answer?.headers.get('ratelimit-remaining')).toBe(String(limit - sent));
      expect(Number(answer?.headers.get('ratelimit-reset'))).toBeLessThanOrEqual(60);
    }
    for (const client of clients) {
      const refused = await client.get(partner.route('nothing'));
      expect(said(refused)).toEqual(limited);
      expect(Number(refused.headers.get('retry-after'))).toBe(Number(refused.headers.get('ratelimit-reset')));
      expect(refused.headers.get('ratelimit-remaining')).toBe('0');
    }
    const other = await newKey(partner);
    expect(await listStatus(contract.client(other.key), partner)).toBe(200);
  });

  it('is not extended by refused requests', async () => {
    const partner = await newPartner();
    for (let sent = 0; sent < limit; sent += 1) await partner.http.get(partner.route());
    const reset = async (): Promise<number> =>
      Number((await partner.http.get(partner.route())).headers.get('ratelimit-reset'));
    const first = await reset();
    await waitFor('less time to wait', async () => (await reset()) < first, { timeoutMs: 90_000, everyMs: 200 });
  });

  it('is checked after the key, but before the partner and the voice', async () => {
    const [partner, other] = [await newPartner(), await newPartner()];
    for (let sent = 0; sent < limit; sent += 1) expect(await listStatus(partner.http, other)).toBe(403);
    expect(await listStatus(partner.http, other)).toBe(429);
    expect((await partner.http.get('/nothing')).status).toBe(404);
    expect(await listStatus(contract.client('wrong'), partner)).toBe(401);
  });

  it('does not replace the limit of 20 failed authentications a minute for one address', async () => {
    const partner = await newPartner();
    const statuses: number[] = [];
    for (let sent = 0; sent < 22; sent += 1) {
      const client = sent % 2 === 0 ? contract.client('wrong') : elsewhere.client();
      statuses.push(await listStatus(client, partner));
    }
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 401), 429, 429]);
    expect(said(await contract.client('wrong').get(partner.route()))).toEqual(limited);
    expect(await listStatus(partner.http, partner)).toBe(200); // a valid key still works from this address
  });
});

describe('a key in the query', () => {
  it('appears in no log line of any process, however it is encoded and whatever the response is', async () => {
    const partner = await newPartner();
    const nobody = contract.client();
    const encoded = [...partner.key].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('');
    const queries = [`api_key=${partner.key}`, `limit=1&api%5Fkey=${encoded}`, `api_key=${partner.key}&limit=x`];
    for (const query of queries) await nobody.get(`${partner.route()}?${query}`);
    await endWindows();
    await nobody.get(`/nothing?api_key=${partner.key}`);
    await fetch(`${first.address.baseUrl}/%zz?api_key=${partner.key}`);
    await contract.admin.get('/health/live?marker=seen', { 'X-Request-Id': 'the-last-line' });
    await nobody.get('/nothing', { 'X-Request-Id': 'the-last-line' });
    const written = (): boolean => first.lines.some((line) => line.includes('the-last-line'));
    await waitFor('the last line is written', written);
    const secret = partner.key.slice('tk_'.length + 16 + '_'.length);
    const lines = [...first.lines, ...second.lines];
    expect(lines.filter((line) => line.includes(secret) || line.includes(encoded.slice(-40)))).toEqual([]);
    expect(lines.some((line) => line.includes('api_key=***'))).toBe(true);
  });
});

describe.each<[what: string, breakIt: () => Promise<void>, mendIt: () => Promise<void>]>([
  ['hangs', async () => valkey.process.kill('SIGSTOP'), async () => valkey.process.kill('SIGCONT')],
  ['is down', () => valkey.process.stop(), async () => undefined],
])('the API while Redis %s', (_what, breakIt, mendIt) => {
  it('answers without waiting for Redis and still enforces the rate limit', async () => {
    const partner = await newPartner();
    await breakIt();
    const times: number[] = [];
    const statuses: number[] = [];
    for (let sent = 0; sent < limit + 2; sent += 1) {
      const began = performance.now();
      statuses.push(await listStatus(partner.http, partner));
      times.push(performance.now() - began);
    }
    const ready = await contract.client().get<{ status: string }>('/health/ready');
    await mendIt();
    expect(statuses).toEqual([...Array.from({ length: limit }, () => 200), 429, 429]);
    expect(Math.max(...times)).toBeLessThan(10_000); // a command that waits for Redis would wait longer
    expect(ready.body.status).toBe('ready');
  });
});
