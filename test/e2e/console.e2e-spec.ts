import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sharedStack } from '../support/shared-stack.js';
import { startSecondApi, type SecondApi } from './contract/second-api.js';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Asks for a path as it is written, which `fetch` would normalise, and decodes nothing. */
function ask(origin: string, path: string, method = 'GET', headers: Record<string, string> = {}): Promise<Answer> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ hostname, port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    sent.on('error', reject).end();
  });
}

const originOf = (baseUrl: string): string => baseUrl.replace(/\/api$/, '');
const nonceIn = (text: string): string | undefined => /nonce[=-]"?([A-Za-z0-9+/=]{22,})["']/.exec(text)?.[1];

describe('the console', () => {
  const origin = originOf(sharedStack().baseUrl);
  let page: Answer;
  let script: string;
  beforeAll(async () => {
    page = await ask(origin, '/');
    script = /src="\.(\/assets\/[^"]+\.js)"/.exec(page.body.toString())?.[1] ?? '';
  });

  it('is a page with a strict policy at /, whose URLs are relative', () => {
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self' /,
    );
    expect(page.headers).toMatchObject({
      'cache-control': 'no-store',
      'permissions-policy': 'camera=(), geolocation=(), microphone=(self)',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    const urls = [...page.body.toString().matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url);
    expect(urls.length).toBeGreaterThan(2);
    expect(urls.filter((url) => !/^(\.\/|api\/docs$)/.test(url ?? ''))).toEqual([]);
  });

  it('has another nonce in each answer, the same in the page and in its policy', async () => {
    const nonces = await Promise.all(
      [1, 2].map(async () => {
        const { headers, body } = await ask(origin, '/');
        const nonce = nonceIn(headers['content-security-policy'] as string);
        expect([nonceIn(body.toString()), body.toString().includes('NONCE')]).toEqual([nonce, false]);
        return nonce;
      }),
    );
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  it('sends its files compressed if the browser can read that, and for good', async () => {
    const plain = await ask(origin, script);
    expect(plain.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      vary: 'Accept-Encoding',
    });
    const sent = async (accepted: string): Promise<Answer> =>
      ask(origin, script, 'GET', { 'Accept-Encoding': accepted });
    const [brotli, gzip, none] = [await sent('gzip, deflate, br, zstd'), await sent('gzip'), await sent('br;q=0')];
    expect([brotli, gzip, none].map(({ headers }) => headers['content-encoding'])).toEqual(['br', 'gzip', undefined]);
    expect(brotliDecompressSync(brotli.body).equals(plain.body)).toBe(true);
    expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true);
    expect(none.body.equals(plain.body)).toBe(true);
  });

  it('answers HEAD like GET without a body, and every other method with 405', async () => {
    for (const path of ['/', script]) {
      const head = await ask(origin, path, 'HEAD');
      expect([head.status, head.body.length]).toEqual([200, 0]);
      expect(Number(head.headers['content-length'])).toBeGreaterThan(100);
      for (const method of ['POST', 'PUT', 'DELETE']) {
        const { status, headers, body } = await ask(origin, path, method);
        expect([path, method, status, headers.allow]).toEqual([path, method, 405, 'GET, HEAD']);
        expect(JSON.parse(body.toString())).toEqual({ detail: 'Method not allowed' });
      }
    }
  });

  it.each([
    '/index.html',
    '/assets/',
    '/assets/index.js',
    '/assets/../index.html',
    '/assets/..%2findex.html',
    '/../package.json',
    '/%2e%2e/package.json',
    '/..\\package.json',
    '/assets/%00',
    '/__proto__',
    '/voices/demo',
  ])('leaves %s to the rest of the API, which does not know it', async (path) => {
    const { status, body } = await ask(origin, path);
    expect([status, JSON.parse(body.toString())]).toEqual([404, { detail: 'Not found' }]);
  });

  it('comes with the licences of the packages in it', async () => {
    const { status, headers, body } = await ask(origin, '/licences.txt');
    expect([status, headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8']);
    expect(body.toString()).toMatch(/\nreact-dom \d\S+ \(MIT\)\n[^]*Copyright \(c\) Meta Platforms/);
  });
});

describe('an API with CONSOLE=off', () => {
  let api: SecondApi;
  beforeAll(async () => {
    api = await startSecondApi(sharedStack(), { CONSOLE: 'off' });
  });
  afterAll(() => api.stop());

  it('leads from / to the documentation, and serves no file of the console', async () => {
    const origin = originOf(api.address.baseUrl);
    const { status, headers } = await ask(origin, '/');
    expect([status, headers.location]).toEqual([302, '/api/docs']);
    expect((await ask(origin, '/icon.svg')).status).toBe(404);
  });
});
