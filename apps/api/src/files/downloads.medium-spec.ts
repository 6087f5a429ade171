import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Config } from '#libs/config';
import { AppError, isAppError } from '#libs/errors';
import { LocalStorage, uploadedSampleKey, type ByteRange, type ObjectStorage } from '#libs/storage';
import { bundleBytes, sendBundle, type Bundle } from '../samples/bundle.js';
import { Downloads } from './downloads.js';

const mebibyte = 1024 ** 2;
const voiceId = randomUUID();
const big = randomBytes(24 * mebibyte);
const small = randomBytes(1000);
/** No two of the samples of the bundle of many are alike. */
const manyAudios = Array.from({ length: 60 }, (_, at) => big.subarray(at * 300_000, at * 300_000 + 500_000));

let folder: string;
let server: Server;
let bundle: Bundle;
/** Samples read for the bundle of many. */
let reads = 0;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'timbre-downloads-'));
  const storage = await LocalStorage.open(folder, {
    signing: { baseUrl: 'http://x', secrets: ['secret'] },
  });
  const store = async (bytes: Buffer) => {
    const key = uploadedSampleKey(voiceId, randomUUID());
    return { objectKey: key, ...(await storage.put(key, Readable.from([bytes]), { contentType: 'audio/ogg' })) };
  };
  const [first, second] = [await store(big), await store(small)];
  bundle = {
    samples: [
      { index: 1, ...first },
      { index: 12, ...second },
    ],
    info: Buffer.from('{}\n'),
    date: new Date('2026-01-01T00:00:00Z'),
  };
  const facts = { contentType: 'audio/ogg', downloadName: '日.opus', etag: '"tag"' };
  const app = express();
  const serve = (route: string, { key, bytes }: { key: string; bytes: number }, by: Config['downloads'] = 'api') =>
    app.get(route, (request, response) =>
      new Downloads(storage, { downloads: by }).send(request, response, { ...facts, key, bytes }, 'sample_not_found'),
    );
  const [bigObject, smallObject] = [first, second].map(({ objectKey, bytes: size }) => ({
    key: objectKey,
    bytes: size,
  }));
  serve('/audio', bigObject!);
  serve('/small', smallObject!);
  serve('/lost', { key: uploadedSampleKey(voiceId, randomUUID()), bytes: 5 });
  serve('/shrunk', { ...smallObject!, bytes: small.length + 1 });
  serve('/by-proxy', bigObject!, 'proxy');
  serve('/by-storage', bigObject!, 'storage');
  app.get('/bundle', async (_request, response) => {
    const headers = { 'Content-Length': String(bundleBytes(bundle)) };
    await sendBundle(response, storage, bundle, headers).catch(() => undefined);
  });
  app.get('/lost-bundle', async (_request, response) => {
    const lost = { index: 1, objectKey: uploadedSampleKey(voiceId, randomUUID()), bytes: 5 };
    await sendBundle(response, storage, { ...bundle, samples: [lost] }, { 'Content-Length': '1000' });
  });
  const many = await Promise.all(manyAudios.map(async (audio, at) => ({ index: at + 1, ...(await store(audio)) })));
  const shared = new Downloads(storage, { downloads: 'api' });
  app.get('/many/:index', async (request, response) => {
    const { objectKey, bytes: size } = many[Number(request.params.index)]!;
    await shared.send(request, response, { ...facts, key: objectKey, bytes: size }, 'sample_not_found');
  });
  const counted = Object.create(storage, {
    readBytes: {
      value: (key: string, range: ByteRange, into?: Buffer) => {
        reads += 1;
        return storage.readBytes(key, range, into);
      },
    },
  }) as ObjectStorage;
  app.get('/many', async (_request, response) => {
    const all = { ...bundle, samples: many };
    await sendBundle(response, counted, all, { 'Content-Length': String(bundleBytes(all)) });
  });
  app.use((error: unknown, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
    response.status(isAppError(error) ? error.status : 500).json({ detail: (error as AppError).message });
  });
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const address = (route: string): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${route}`;

/** Files of the storage that this process has open. */
async function openObjects(): Promise<number> {
  const descriptors = await readdir('/proc/self/fd');
  const targets = await Promise.all(descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return targets.filter((target) => target.startsWith(folder)).length;
}

/** Begins to download, reads a little and goes away. */
async function leaveEarly(route: string): Promise<void> {
  const request = httpRequest(address(route)).end();
  request.on('error', () => undefined);
  const [response] = (await once(request, 'response')) as [Readable];
  await once(response, 'data');
  expect(await openObjects()).toBe(1);
  request.destroy();
}

async function untilNothingIsOpen(): Promise<void> {
  while ((await openObjects()) > 0) await sleep(10);
}

describe('Downloads and bundles', () => {
  it('send the exact bytes of a large object, whole and in ranges', async () => {
    const whole = Buffer.from(await (await fetch(address('/audio'))).arrayBuffer());
    expect(whole.equals(big)).toBe(true);
    const range = await fetch(address('/audio'), { headers: { Range: 'bytes=100-199' } });
    expect(range.status).toBe(206);
    expect(Buffer.from(await range.arrayBuffer()).equals(big.subarray(100, 200))).toBe(true);
  });

  it('send the exact bytes of a small object, whole and in ranges', async () => {
    const whole = Buffer.from(await (await fetch(address('/small'))).arrayBuffer());
    expect(whole.equals(small)).toBe(true);
    const range = await fetch(address('/small'), { headers: { Range: 'bytes=-3' } });
    expect([range.status, range.headers.get('content-range')]).toEqual([206, 'bytes 997-999/1000']);
    expect(Buffer.from(await range.arrayBuffer()).equals(small.subarray(997))).toBe(true);
  });

  it('do not overwrite the bytes of a slow client while its buffer is in use', async () => {
    const { port } = server.address() as AddressInfo;
    const slow = connect(port, '127.0.0.1').pause();
    const half = manyAudios.length / 2;
    for (let at = 0; at < half; at += 1) slow.write(`GET /many/${at} HTTP/1.1\r\nHost: x\r\n\r\n`);
    for (let round = 0; round < 3; round += 1) {
      const others = manyAudios.slice(half).map(async (audio, at) => {
        const whole = Buffer.from(await (await fetch(address(`/many/${half + at}`))).arrayBuffer());
        expect(whole.equals(audio)).toBe(true);
      });
      await Promise.all(others);
    }
    // All it takes is more than the sockets of both sides hold.
    let received = Buffer.alloc(0);
    for (let at = 0; at < half; at += 1) {
      const audio = manyAudios[at]!;
      let begin = -1;
      while (begin === -1 || received.length < begin + audio.length) {
        received = Buffer.concat([received, ...((await once(slow.resume(), 'data')) as [Buffer])]);
        const end = received.indexOf('\r\n\r\n');
        begin = end === -1 ? -1 : end + 4;
      }
      expect(received.subarray(begin, begin + audio.length).equals(audio)).toBe(true);
      received = received.subarray(begin + audio.length);
    }
    slow.destroy();
  });

  it('answer 500 if the object is shorter than its row says', async () => {
    expect((await fetch(address('/shrunk'))).status).toBe(500);
  });

  it('refer the proxy to the file, with its name', async () => {
    const headers = { Range: 'bytes=0-9', 'X-Sendfile-Type': 'X-Accel-Redirect' };
    const answer = await fetch(address('/by-proxy'), { headers });
    expect(await answer.text()).toBe('');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-accel-redirect')).toBe(`/timbre-objects/${bundle.samples[0]?.objectKey}`);
    expect(answer.headers.get('content-type')).toBe('audio/ogg');
    expect(answer.headers.get('content-disposition')).toContain("filename*=UTF-8''");
    expect(answer.headers.get('etag')).toBe('"tag"');
    expect(answer.headers.get('content-range')).toBeNull();
    const past = await fetch(address('/by-proxy'), { headers: { Range: 'bytes=0-9' } });
    expect([past.status, past.headers.get('x-accel-redirect')]).toEqual([206, null]);
    expect(Buffer.from(await past.arrayBuffer()).equals(big.subarray(0, 10))).toBe(true);
  });

  it('redirect to a URL of the storage', async () => {
    const answer = await fetch(address('/by-storage'), { redirect: 'manual' });
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toMatch(/^http:\/\/x\/api\/objects\//);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it.each(['/by-proxy', '/by-storage'])('answer HEAD and 304 of %s in the API', async (route) => {
    const told = await fetch(address(route), { method: 'HEAD', redirect: 'manual' });
    expect([told.status, told.headers.get('content-length')]).toEqual([200, String(big.length)]);
    const same = await fetch(address(route), { headers: { 'If-None-Match': '"tag"' }, redirect: 'manual' });
    expect(same.status).toBe(304);
  });

  it('answer HEAD and If-None-Match without a body', async () => {
    const told = await fetch(address('/audio'), { method: 'HEAD' });
    expect(told.headers.get('content-length')).toBe(String(big.length));
    const same = await fetch(address('/audio'), { headers: { 'If-None-Match': '"tag"' } });
    expect([same.status, same.headers.get('content-type')]).toEqual([304, null]);
  });

  it('answer 404 if the object is missing', async () => {
    for (const route of ['/lost', '/lost-bundle']) {
      const response = await fetch(address(route));
      expect([response.status, await response.json()]).toEqual([404, { detail: 'Sample not found' }]);
    }
  });

  // Which files a process has open is told by /proc alone.
  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux.each(['/audio', '/bundle'])('close the file of %s when the client leaves', async (route) => {
    await leaveEarly(route);
    await untilNothingIsOpen();
  });

  it('read a bundle no further than its client', async () => {
    const request = httpRequest(address('/many')).end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let seen = -1;
    while (seen !== reads) {
      seen = reads;
      await sleep(300); // whatever was going to be read by itself, to fill buffers, has been
    }
    expect(reads).toBeLessThan(30); // of 60: what the sockets of both sides take, and two more
    const zip = await buffer(response);
    expect(zip.length).toBe(Number(response.headers['content-length']));
    expect(reads).toBe(60);
    // What lay in memory all that time is sent as it was read.
    let at = 0;
    for (const [index, audio] of manyAudios.entries()) {
      at += 30 + `${index + 1}.opus`.length;
      expect(zip.subarray(at, at + audio.length).equals(audio)).toBe(true);
      at += audio.length;
    }
  });

  it('send a bundle of exactly the announced length', async () => {
    const response = await fetch(address('/bundle'));
    const zip = Buffer.from(await response.arrayBuffer());
    expect(zip.length).toBe(Number(response.headers.get('content-length')));
    // Entries are stored as they are: the ZIP holds the very bytes.
    expect(zip.indexOf('1.opus')).toBe(30);
    expect(zip.subarray(36, 36 + big.length).equals(big)).toBe(true);
    expect(zip.includes('12.opus')).toBe(true);
    expect(zip.includes('voice_info.json{}\n')).toBe(true);
  });
});
