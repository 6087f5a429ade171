import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { speech } from '../../support/audio-measure.js';
import { Nginx, nginxMissing } from '../../support/nginx.js';
import { makePartner, type TestPartner } from '../../support/shared-stack.js';
import { Stack } from '../../support/stack.js';
import { bytesOf, finishedVoice } from '../../support/voices.js';

if (nginxMissing !== null) console.warn(nginxMissing);

(nginxMissing === null ? describe : describe.skip)('downloads that nginx serves for the API', () => {
  let stack: Stack;
  let nginx: Nginx;
  let direct: TestPartner;
  let proxied: TestPartner;
  beforeAll(async () => {
    stack = await Stack.start({
      apiEnv: { DOWNLOADS: 'proxy' },
      env: { STORAGE_URL: '', RATE_LIMIT_PER_MINUTE: '1000', STORAGE_GROUP_READABLE: 'on' },
    });
    const { baseUrl: api, dataDir } = stack.address;
    const objects = path.join(dataDir, 'objects', 'objects');
    nginx = await Nginx.start({ apis: [Number(new URL(api).port)], folder: dataDir, objects });
    const baseUrl = `http://127.0.0.1:${nginx.port}/api`;
    direct = await makePartner(stack.address);
    proxied = await makePartner({ ...stack.address, baseUrl });
    await finishedVoice(proxied, 'anna', speech('en'));
  });
  afterAll(async () => {
    await nginx?.stop();
    await stack?.stop();
  });

  it('have the same bytes, headers and ranges as from the API', async () => {
    const route = `${proxied.route('anna')}/samples/1`;
    const whole = await proxied.http.fetch(route);
    const bytes = Buffer.from(await whole.arrayBuffer());
    expect(whole.status).toBe(200);
    expect(bytes.subarray(0, 4).toString()).toBe('OggS');
    const headers = Object.fromEntries(whole.headers);
    expect(headers).toMatchObject({
      'content-type': 'audio/ogg',
      'content-length': String(bytes.length),
      'accept-ranges': 'bytes',
      'content-disposition': 'attachment; filename="anna-1.opus"',
      'cache-control': 'private, no-cache',
      'x-request-id': expect.any(String),
      'ratelimit-limit': '1000',
    });
    expect(headers['etag']).toMatch(/^"[0-9a-f]{64}"$/);
    expect(headers['x-accel-redirect']).toBeUndefined();

    const range = await proxied.http.fetch(route, { headers: { Range: 'bytes=10-19' } });
    expect([range.status, range.headers.get('content-range')]).toEqual([206, `bytes 10-19/${bytes.length}`]);
    expect(Buffer.from(await range.arrayBuffer()).equals(bytes.subarray(10, 20))).toBe(true);
    const known = await proxied.http.fetch(route, { headers: { 'If-None-Match': headers['etag'] ?? '' } });
    expect(known.status).toBe(304);
    const beyond = await proxied.http.fetch(route, { headers: { Range: `bytes=${bytes.length}-` } });
    expect(beyond.status).toBe(416);
  });

  it('are not available without the API’s permission', async () => {
    const origin = new URL(proxied.http.baseUrl).origin;
    expect((await fetch(`${origin}/timbre-objects/voices/`)).status).toBe(404);
    expect((await direct.http.fetch(`${proxied.route('anna')}/samples/1`)).status).toBe(403);
    const foreign = await fetch(`${proxied.http.baseUrl}${proxied.route('anna')}/samples/1`);
    expect(foreign.status).toBe(401);
  });

  it('include test samples and the bundle', async () => {
    const route = proxied.route('anna');
    expect((await bytesOf(proxied, `${route}/test-samples/test_1_1.opus`)).subarray(0, 4).toString()).toBe('OggS');
    expect((await bytesOf(proxied, `${route}/samples-bundle`)).subarray(0, 2).toString()).toBe('PK');
  });
});
