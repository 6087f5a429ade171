import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.js';
import { makePartner, sharedStack, type TestPartner } from '../support/shared-stack.js';

const queues = ['splitting', 'embedding-submit', 'embedding-poll', 'embedding-hint'];
const stack = sharedStack();
const board = `${stack.baseUrl}/admin/queues`;
const basic = (user: string, password: string): Record<string, string> => ({
  Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});
const ask = (route: string, headers: Record<string, string>, method = 'GET'): Promise<Response> =>
  fetch(`${board}${route}`, { method, headers });

let partner: TestPartner;
beforeAll(async () => {
  partner = await makePartner(stack);
});

describe('the queues board', () => {
  it.each([
    ['the admin key in a header', { 'X-Api-Key': stack.adminKey }],
    ['the admin key as password of any user', basic('somebody', stack.adminKey)],
    ['the admin key as password of no user', basic('', stack.adminKey)],
  ])('is open to %s', async (_who, headers) => {
    const page = await ask('', headers);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers.get('x-powered-by')).toBeNull();
    expect(page.headers.get('cache-control')).toBe('private, no-store');
    const listed = (await (await ask('/api/queues', headers)).json()) as { queues: { name: string }[] };
    expect(listed.queues.map(({ name }) => name)).toEqual(queues);
    expect(listed.queues).toEqual(queues.map(() => expect.objectContaining({ readOnlyMode: true })));
  });

  it.each([
    '',
    '/',
    '/api/queues',
    '/api/redis/stats',
    '/static/favicon-32x32.png',
    '/queue/splitting',
    '/no-such-page',
  ])('is closed to requests without a key: %s', async (route) => {
    const answer = await ask(route, {});
    expect([answer.status, await answer.json()]).toEqual([401, { detail: 'Invalid API key' }]);
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="Timbre queues", charset="UTF-8"');
  });

  it('is closed to a wrong key, a partner’s key and a key in the URL', async () => {
    expect((await ask('', basic('admin', `${stack.adminKey}x`))).status).toBe(401);
    expect((await ask(`?api_key=${encodeURIComponent(stack.adminKey)}`, {})).status).toBe(401);
    for (const headers of [{ 'X-Api-Key': partner.key }, basic('admin', partner.key)]) {
      const refused = await ask('/api/queues', headers);
      expect([refused.status, await refused.json()]).toEqual([403, { detail: 'Access denied' }]);
    }
  });

  it('is read-only, so that a forged request of an admin’s browser changes nothing', async () => {
    const admin = basic('admin', stack.adminKey);
    for (const [method, route] of [
      ['PUT', '/api/queues/splitting/pause'],
      ['PUT', '/api/queues/splitting/empty'],
      ['PUT', '/api/queues/splitting/obliterate'],
      ['POST', '/api/queues/splitting/add'],
      ['PATCH', '/api/queues/splitting/1/update-data'],
      ['DELETE', '/'],
    ] as const) {
      const answer = await ask(route, admin, method);
      expect([method, answer.status, answer.headers.get('allow')]).toEqual([method, 405, 'GET, HEAD']);
    }
  });

  it('returns the same 404 as the API', async () => {
    const answer = await ask('/no-such-page', { 'X-Api-Key': stack.adminKey });
    expect([answer.status, await answer.json()]).toEqual([404, { detail: 'Not found' }]);
  });

  it('is not part of openapi.json', async () => {
    expect(await (await fetch(`${stack.baseUrl}/openapi.json`)).text()).not.toContain('admin/queues');
  });
});

describe('the queues board in a browser', () => {
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];
  const asked: string[] = [];
  beforeAll(async () => {
    browser = await launchBrowser();
    const httpCredentials = { username: 'admin', password: stack.adminKey };
    page = await (await browser.newContext({ httpCredentials })).newPage();
    page.on('pageerror', (error) => void complaints.push(error.message));
    page.on('response', (response) => {
      asked.push(response.url());
      if (response.status() >= 400 && response.status() !== 401)
        complaints.push(`${response.status()} ${response.url()}`);
    });
    await page.goto(board);
  });
  afterAll(() => browser?.close());

  it('shows each queue, also by a direct link', async () => {
    for (const queue of queues) await page.getByText(queue, { exact: true }).first().waitFor();
    await page.goto(`${board}/queue/embedding-poll`);
    await page.getByText('Delayed', { exact: false }).first().waitFor();
    const folder = path.join(process.cwd(), '.cache/screenshots');
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: path.join(folder, 'queues-board.png') });
    expect(complaints).toEqual([]);
  });

  it('sends requests to this API only', () => {
    expect(asked.filter((url) => !url.startsWith(board))).toEqual([]);
  });
});
