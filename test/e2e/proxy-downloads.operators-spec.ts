import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../apps/standalone/src/project-root.js';
import { speech } from '../support/audio-measure.js';
import { freePort } from '../support/ports.js';
import { makePartner, type TestPartner } from '../support/shared-stack.js';
import { Stack } from '../support/stack.js';
import { bytesOf, finishedVoice } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';

const nginx = ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/bin/nginx'].find((file) => existsSync(file));
if (nginx === undefined) console.warn('deploy/nginx is not tested: nginx is not installed (Debian: nginx-light)');

/** deploy/nginx/timbre.conf as it stands, but for its ports and its folder. */
async function configuration(stack: Stack, port: number, folder: string): Promise<string> {
  const file = path.join(projectRoot, 'deploy/nginx/timbre.conf');
  const objects = path.join(stack.address.dataDir, 'objects', 'objects');
  const server = (await readFile(file, 'utf8'))
    .replace('127.0.0.1:8080', new URL(stack.address.baseUrl).host)
    .replace('listen 80;', `listen 127.0.0.1:${port};`)
    .replace('/var/lib/timbre/objects/objects/', `${objects}/`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${path.join(folder, name)};`,
  );
  return [
    'daemon off; worker_processes 1; error_log stderr;',
    ...(process.getuid?.() === 0 ? ['user root;'] : []),
    `pid ${path.join(folder, 'pid')}; events {}`,
    `http { access_log off; default_type application/octet-stream; ${temporary.join(' ')} ${server} }`,
  ].join('\n');
}

(nginx === undefined ? describe.skip : describe)('behind nginx that sends the files', () => {
  let stack: Stack;
  let proxy: ChildProcess;
  let direct: TestPartner;
  let proxied: TestPartner;
  beforeAll(async () => {
    stack = await Stack.start({
      apiEnv: { DOWNLOADS: 'proxy' },
      env: { STORAGE_URL: '', RATE_LIMIT_PER_MINUTE: '1000' },
    });
    const [port, folder] = [await freePort(), path.join(stack.address.dataDir, 'nginx')];
    await mkdir(folder);
    const file = path.join(folder, 'nginx.conf');
    await writeFile(file, await configuration(stack, port, folder));
    proxy = spawn(nginx ?? '', ['-c', file, '-p', folder], { stdio: 'inherit' });
    const baseUrl = `http://127.0.0.1:${port}/api`;
    await waitFor('nginx', () =>
      fetch(`${baseUrl}/health/live`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    direct = await makePartner(stack.address);
    proxied = await makePartner({ ...stack.address, baseUrl });
    await finishedVoice(proxied, 'anna', speech('en'));
  });
  afterAll(async () => {
    proxy?.kill('SIGTERM');
    await stack?.stop();
  });

  it('clients get the bytes, the headers and the ranges they get from the API', async () => {
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

  it('nobody gets a file past the API', async () => {
    const origin = new URL(proxied.http.baseUrl).origin;
    expect((await fetch(`${origin}/timbre-objects/voices/`)).status).toBe(404);
    expect((await direct.http.fetch(`${proxied.route('anna')}/samples/1`)).status).toBe(403);
    const foreign = await fetch(`${proxied.http.baseUrl}${proxied.route('anna')}/samples/1`);
    expect(foreign.status).toBe(401);
  });

  it('test samples, the bundle and the embedding come through it too', async () => {
    const route = proxied.route('anna');
    expect((await bytesOf(proxied, `${route}/test-samples/test_1_1.opus`)).subarray(0, 4).toString()).toBe('OggS');
    expect((await bytesOf(proxied, `${route}/samples-bundle`)).subarray(0, 2).toString()).toBe('PK');
  });
});
