import { createServer, type AddressInfo, type Server } from 'node:net';
import https from 'node:https';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpClient } from '../../support/http.js';
import { Nginx, nginxMissing } from '../../support/nginx.js';
import { processesBeside, type ProcessesBeside } from '../../support/processes-beside.js';
import { makePartner, type TestPartner } from '../../support/shared-stack.js';
import { Stack } from '../../support/stack.js';
import { temporaryFolder } from '../../support/services.js';
import { waitFor } from '../../support/wait-for.js';
import { RawUpload, uploadPath } from '../contract/raw-upload.js';
import { emptyVoice } from '../contract/made-voices.js';
import { toneForm } from '../contract/tone.js';

if (nginxMissing !== null) console.warn(nginxMissing);
const describeWithNginx = nginxMissing === null ? describe : describe.skip;
const mebibyte = 1024 ** 2;

describeWithNginx('two APIs behind nginx', () => {
  let stack: Stack;
  let second: ProcessesBeside;
  let nginx: Nginx;
  let partner: TestPartner;
  let baseUrl: string;
  beforeAll(async () => {
    const env = { TRUST_PROXY: '1' };
    stack = await Stack.start({ env });
    second = await processesBeside(stack.address, env);
    await second.api.start();
    const apis = [stack.address, second.address].map((address) => Number(new URL(address.baseUrl).port));
    // Lets a test choose its client address.
    const http = 'set_real_ip_from 127.0.0.1; real_ip_header X-Test-Address;';
    nginx = await Nginx.start({ apis, folder: stack.address.dataDir, http });
    baseUrl = `http://127.0.0.1:${nginx.port}/api`;
    partner = await makePartner({ ...stack.address, baseUrl });
    await emptyVoice(partner, 'anna');
  });
  afterAll(async () => {
    await nginx?.stop();
    await second?.api.stop();
    await stack?.stop();
  });

  it('are served over TLS, and plain HTTP redirects to it', async () => {
    const [status, headers] = await new Promise<[number, https.RequestOptions['headers']]>((resolve, reject) => {
      const url = `https://localhost:${nginx.tlsPort}/api/health/live`;
      const asking = https.get(url, { ca: nginx.ca }, (answer) => {
        answer.resume();
        resolve([answer.statusCode ?? 0, answer.headers]);
      });
      asking.once('error', reject);
    });
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'strict-transport-security': 'max-age=31536000' });
    const plain = await fetch(`http://localhost:${nginx.redirectPort}/api/health/live`, { redirect: 'manual' });
    expect([plain.status, plain.headers.get('location')]).toEqual([308, 'https://localhost/api/health/live']);
  });

  it('serve the console, whose page and files have their own headers', async () => {
    const page = await fetch(`http://127.0.0.1:${nginx.port}/`);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'.* 'nonce-/);
    const [, script = ''] = /src="\.(\/assets\/[^"]+)"/.exec(await page.text()) ?? [];
    const file = await fetch(`http://127.0.0.1:${nginx.port}${script}`);
    expect([file.status, file.headers.get('content-encoding')]).toEqual([200, expect.stringMatching(/^(br|gzip)$/)]);
    expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const inLog = async (): Promise<boolean> => (await nginx.logs()).access.includes(`"GET ${script}" 200`);
    await waitFor('the log', inLog);
    expect((await nginx.logs()).access).toContain('"GET /" 200');
  });

  it('reject an upload before its body is complete, and the response reaches the client', async () => {
    const refused = await RawUpload.begin(baseUrl, { path: uploadPath(partner), key: 'wrong' });
    expect(await refused.sendRest(8 * mebibyte)).toMatch(/^HTTP\/1\.1 401 [^]*"Invalid API key"/);
    const unknown = await RawUpload.begin(baseUrl, { path: uploadPath(partner, 'nobody'), key: partner.key });
    expect(await unknown.sendRest(8 * mebibyte)).toMatch(/^HTTP\/1\.1 404 [^]*"Voice not found"/);
  });

  it('serve every request, also uploads, while one of them is down', async () => {
    second.api.kill('SIGKILL');
    await second.api.ended;
    const statuses: number[] = [];
    for (let at = 0; at < 8; at += 1) {
      const made = await partner.http.post(partner.route(), toneForm(1.5, { name: `without ${at}` }));
      const read = await partner.http.get(partner.route('anna'));
      const deleted = await partner.http.delete(partner.route(`nobody ${at}`));
      statuses.push(made.status, read.status, deleted.status);
    }
    expect(statuses).toEqual(Array.from({ length: 8 }, () => [201, 200, 404]).flat());
    await second.api.start();
  });

  it('serve reads within 20 s while one of them hangs', async () => {
    second.api.kill('SIGSTOP');
    try {
      const took = await Promise.all(
        Array.from({ length: 6 }, async () => {
          const startedAt = performance.now();
          expect((await partner.http.get(partner.route('anna'))).status).toBe(200);
          return performance.now() - startedAt;
        }),
      );
      expect(Math.max(...took)).toBeLessThan(20_000);
    } finally {
      second.api.kill('SIGCONT');
    }
  });

  it('are protected by a rate limit for each IPv4 address or IPv6 /64', async () => {
    const ask = (address: string): Promise<Response> =>
      fetch(`${baseUrl}/health/live`, { headers: { 'X-Test-Address': address } });
    let refused: Response | undefined;
    for (let turn = 0; turn < 20 && refused === undefined; turn += 1) {
      const addresses = Array.from({ length: 150 }, (_, at) => `2001:db8:1:1::${(turn * 150 + at).toString(16)}`);
      refused = (await Promise.all(addresses.map(ask))).find(({ status }) => status !== 200);
    }
    expect([refused?.status, refused?.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await refused?.json()).toEqual({ detail: 'Rate limit exceeded' });
    for (const address of ['2001:db8:1:2::1', '192.0.2.1']) expect((await ask(address)).status).toBe(200);
  });

  it('have no key and no token in the logs of nginx, even for failed requests', async () => {
    const secret = 's3cret-of-a-client';
    const paths = [
      `/api/voices/${partner.name}/anna?api_key=${secret}`,
      `/api/voices/${partner.name}?limit=1&api%5Fkey=${secret}#${secret}`,
      `/api/objects/${secret}?x=${secret}`,
      `/API/Objects/${secret}`,
      `//api/objects/${secret}`,
      `/api/%6Fbjects/${secret}`,
      `/api/./objects/${secret}`,
      `/api/hooks/runpod/${secret}`,
      `/timbre-objects/${secret}`,
      `/${secret}`,
    ];
    const askAll = async (): Promise<void> => {
      for (const at of paths) {
        for (const method of ['GET', 'PUT', 'POST']) {
          const headers = { Referer: `http://x/?api_key=${secret}`, 'X-Api-Key': secret };
          const body = method === 'GET' ? null : secret;
          await fetch(`${new URL(baseUrl).origin}${at}`, { method, headers, body }).then((answer) => answer.text());
        }
      }
    };
    await askAll();
    await Promise.all([stack.parts.api.stop(), second.api.stop()]);
    try {
      await askAll();
      const gone = await partner.http.get<{ detail: string }>(partner.route());
      expect([gone.status, gone.headers.get('retry-after')]).toEqual([503, '5']);
      expect(gone.body).toEqual({ detail: 'Service temporarily unavailable' });
    } finally {
      await Promise.all([stack.parts.api.start(), second.api.start()]);
    }
    const { access, error } = await nginx.logs();
    expect(access).toContain(`"GET /api/voices/${partner.name}/anna" 401`);
    expect(access).toContain('"PUT /api/objects/***" 403');
    expect(access).toContain('/api/hooks/***');
    expect(access + error).not.toContain(secret);
  });
});

describeWithNginx('a request to an API that drops the connection', () => {
  const servers: Server[] = [];
  let nginx: Nginx | undefined;
  afterEach(async () => {
    await nginx?.stop();
    for (const server of servers.splice(0)) server.close();
  });

  /** Starts a server that records the method of each request and closes the connection without a response. */
  async function dropping(seen: string[]): Promise<number> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (chunk) => {
        seen.push(chunk.toString('latin1').split(' ', 1)[0] ?? '');
        socket.destroy();
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  it('is sent to the next API if it is idempotent, but a POST is never sent twice', async () => {
    const seen: string[] = [];
    const apis = [await dropping(seen), await dropping(seen)];
    nginx = await Nginx.start({ apis, folder: temporaryFolder() });
    const http = new HttpClient(`http://127.0.0.1:${nginx.port}/api`);
    for (const [ask, times] of [
      [() => http.get('/voices/p/v'), 2],
      [() => http.post('/voices/p', toneForm(1)), 1],
      [() => http.post('/voices/p/v/split'), 1],
      [() => http.delete('/voices/p/v'), 2],
    ] as const) {
      seen.length = 0;
      expect((await ask()).status).toBe(503);
      expect(seen).toHaveLength(times);
    }
  });
});
