import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HttpClient } from '../../support/http.js';
import { Contract } from '../../support/openapi-client.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { Stack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';
import { said } from './made-voices.js';
import { startSecondApi, type SecondApi } from './second-api.js';

/*
 * Keys and limits, on a Timbre of their own with two API processes: five requests a minute would be too few for others,
 * and a dead Redis would be felt by them.
 */
const limit = 5;
const env = { RATE_LIMIT_PER_MINUTE: String(limit) };
const limited = { status: 429, detail: 'Rate limit exceeded' };

let stack: Stack;
let second: SecondApi;
let contract: Contract;
let elsewhere: Contract;

beforeAll(async () => {
  stack = await Stack.start({ env });
  second = await startSecondApi(stack.address, env);
  contract = new Contract(stack.address);
  elsewhere = new Contract(second.address);
});
afterAll(async () => {
  await second?.stop();
  await stack?.stop();
});

interface Key {
  readonly id: string;
  readonly partner: string;
  readonly key: string;
}

/** The operator's key is limited like any other: five requests a minute are too few for a test, so windows are ended. */
async function endWindows(): Promise<void> {
  const { Redis } = await import('ioredis');
  const redis = new Redis(stack.address.redisUrl);
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
  it('that is revoked in one process is refused by the other within a second', async () => {
    const partner = await newPartner();
    const { id, key } = await newKey(partner);
    const there = elsewhere.client(key);
    expect([await listStatus(there, partner), await listStatus(there, partner)]).toEqual([200, 200]); // it is cached now
    expect((await contract.admin.delete(`/admin/keys/${id}`)).status).toBe(204);
    const heard = async (): Promise<boolean> => (await listStatus(there, partner)) === 401;
    await waitFor('the other process refuses it', heard, { timeoutMs: 1_000 });
    expect(await listStatus(contract.client(key), partner)).toBe(401);
    expect(await listStatus(partner.http, partner)).toBe(200); // the other key is good
    expect((await contract.admin.delete(`/admin/keys/${id}`)).status).toBe(204); // once more changes nothing
  });

  it('stops working when it expires, cached or not', async () => {
    const partner = await newPartner();
    const { key } = await newKey(partner, new Date(Date.now() + 1_500));
    expect(await listStatus(contract.client(key), partner)).toBe(200);
    const expired = async (): Promise<boolean> => {
      await endWindows();
      return (await listStatus(contract.client(key), partner)) === 401;
    };
    await waitFor('it has expired', expired, { timeoutMs: 3_000, everyMs: 100 });
  });

  it('is listed by its beginning, with the time of its last use', async () => {
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

  it('of a partner who was erased is refused at once, everywhere', async () => {
    const partner = await newPartner();
    expect(await listStatus(elsewhere.client(partner.key), partner)).toBe(200);
    expect((await contract.admin.delete(`/admin/partners/${partner.name}`)).status).toBe(204);
    const heard = async (): Promise<boolean> => (await listStatus(elsewhere.client(partner.key), partner)) === 401;
    await waitFor('the other process refuses it', heard, { timeoutMs: 1_000 });
  });
});

describe('the limit', () => {
  it('is counted over all processes, told by headers, and ended with 429', async () => {
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

  it('is not lengthened by requests that are refused', async () => {
    const partner = await newPartner();
    for (let sent = 0; sent < limit; sent += 1) await partner.http.get(partner.route());
    const reset = async (): Promise<number> =>
      Number((await partner.http.get(partner.route())).headers.get('ratelimit-reset'));
    const first = await reset();
    await sleep(1_100);
    expect(await reset()).toBeLessThan(first);
  });

  it('comes before 403 and 404, and after 401', async () => {
    const [partner, other] = [await newPartner(), await newPartner()];
    for (let sent = 0; sent < limit; sent += 1) expect(await listStatus(partner.http, other)).toBe(403);
    expect(await listStatus(partner.http, other)).toBe(429);
    expect((await partner.http.get('/nothing')).status).toBe(404);
    expect(await listStatus(contract.client('wrong'), partner)).toBe(401);
  });

  it('holds for failed authentications from one address: the 21st is 429', async () => {
    const partner = await newPartner();
    const statuses: number[] = [];
    for (let sent = 0; sent < 22; sent += 1) {
      const client = sent % 2 === 0 ? contract.client('wrong') : elsewhere.client();
      statuses.push(await listStatus(client, partner));
    }
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 401), 429, 429]);
    expect(said(await contract.client('wrong').get(partner.route()))).toEqual(limited);
    expect(await listStatus(partner.http, partner)).toBe(200); // a good key is none the worse
  });
});

describe('a key in the query', () => {
  it('is in no line any process writes, however it is spelled and whatever comes of it', async () => {
    const partner = await newPartner();
    const nobody = contract.client();
    const encoded = [...partner.key].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('');
    const queries = [`api_key=${partner.key}`, `limit=1&api%5Fkey=${encoded}`, `api_key=${partner.key}&limit=x`];
    for (const query of queries) await nobody.get(`${partner.route()}?${query}`);
    await endWindows();
    await nobody.get(`/nothing?api_key=${partner.key}`);
    await fetch(`${stack.address.baseUrl}/%zz?api_key=${partner.key}`);
    await contract.admin.get('/health/live?marker=seen', { 'X-Request-Id': 'the-last-line' });
    await nobody.get('/nothing', { 'X-Request-Id': 'the-last-line' });
    const written = (): boolean => stack.lines.some((line) => line.includes('the-last-line'));
    await waitFor('the last line is written', written);
    const secret = partner.key.slice('tk_'.length + 16 + '_'.length);
    expect(stack.lines.filter((line) => line.includes(secret) || line.includes(encoded.slice(-40)))).toEqual([]);
    expect(stack.lines.some((line) => line.includes('api_key=***'))).toBe(true);
  });
});

describe.each<[what: string, breakIt: () => Promise<void>, mendIt: () => Promise<void>]>([
  ['that hangs', async () => stack.parts.valkey.kill('SIGSTOP'), async () => stack.parts.valkey.kill('SIGCONT')],
  ['that is down', () => stack.parts.valkey.stop(), async () => undefined],
])('with a Redis %s', (_what, breakIt, mendIt) => {
  it('requests are answered without waiting, and still counted', async () => {
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
    expect(Math.max(...times)).toBeLessThan(1_000);
    expect(ready.body.status).toBe('ready');
  });
});
