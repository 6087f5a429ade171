import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError, isAppError } from '#libs/errors';
import { LocalStorage, uploadedSampleKey, type ByteRange, type ObjectStorage } from '#libs/storage';
import { waitFor } from '../../../../test/support/wait-for.js';
import { zipEntries } from '../../../../test/support/zip-entries.js';
import { Downloads, type SentZip } from './downloads.js';
import { storedZip, type ZipFile } from './stored-zip.js';
import { openZip } from './zip-content.js';
import { pickOfForm } from '../../../../test/support/test-form.js';

const voiceId = randomUUID();
const manifest = Buffer.from('{"version":2}\n');
/** Larger than what sockets and streams hold, so that a client can stop in the middle. */
const contents = Array.from({ length: 8 }, () => randomBytes(3_000_000));

let folder: string;
let storage: LocalStorage;
/** As a bucket: each object is a stream. */
let streaming: ObjectStorage;
let server: Server;
let whole: Buffer;
let files: readonly ZipFile[];
/** Objects that were opened, with the range. */
const opened: { readonly key: string; readonly range: ByteRange | undefined }[] = [];
/** Errors that the requests were left with. */
const reported: unknown[] = [];

const zipOf = (of: readonly ZipFile[]): SentZip => ({
  ...storedZip(of, new Date('2026-01-01T00:00:00Z')),
  etag: '"zip"',
  downloadName: 'speaker 日.zip',
});

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'timbre-zip-'));
  storage = await LocalStorage.open(folder, { signing: { baseUrl: 'http://x', secrets: ['secret'] } });
  const stored = contents.map(async (content, at) => {
    const key = uploadedSampleKey(voiceId, randomUUID());
    await storage.put(key, Readable.from([content]), { contentType: 'application/octet-stream' });
    return { name: `embeddings/${at + 1}.safetensors`, bytes: content.length, crc32: crc32(content), content: key };
  });
  const inMemory = { name: 'manifest.json', bytes: manifest.length, crc32: crc32(manifest), content: manifest };
  files = [inMemory, ...(await Promise.all(stored))];
  const gone = { ...files[1]!, content: uploadedSampleKey(voiceId, randomUUID()) };
  const short = { ...files[1]!, bytes: contents[0]!.length + 1 };

  const watched = Object.create(storage, {
    readThrough: {
      value: (key: string, range: ByteRange, buffers: readonly Buffer[]) => {
        opened.push({ key, range });
        return storage.readThrough(key, range, buffers);
      },
    },
  }) as ObjectStorage;
  streaming = Object.create(storage, {
    readThrough: {
      value: (key: string, range: ByteRange) => {
        opened.push({ key, range });
        return storage.read(key, range);
      },
    },
  }) as ObjectStorage;
  const app = express();
  app.use((request, _response, next) => {
    request.report = (error) => void reported.push(error);
    next();
  });
  const serve = (route: string, zip: SentZip, from = watched): void => {
    const downloads = new Downloads(from, { downloads: 'storage' });
    app.get(route, (request, response) => downloads.sendZip(request, response, zip, 'not_found'));
  };
  serve('/zip', zipOf(files));
  serve('/streamed', zipOf(files), streaming);
  serve('/streamed-short', zipOf([files[0]!, short]), streaming);
  serve('/first-gone', zipOf([files[0]!, gone, files[2]!]));
  serve('/second-gone', zipOf([files[0]!, files[1]!, gone]));
  serve('/short', zipOf([files[0]!, short]));
  app.use((error: unknown, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
    response.status(isAppError(error) ? error.status : 500).json({ detail: (error as AppError).message });
  });
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  whole = Buffer.from(await (await ask('/zip')).arrayBuffer());
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const address = (route: string): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${route}`;

const ask = (route: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
  fetch(address(route), { headers, method });

/** Files of the storage that this process has open. */
async function openObjects(): Promise<number> {
  const descriptors = await readdir('/proc/self/fd');
  const targets = await Promise.all(descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return targets.filter((target) => target.startsWith(folder)).length;
}

/** Starts a download and reads nothing of its body. */
async function stalled(route: string): Promise<IncomingMessage> {
  const request = httpRequest(address(route)).end();
  request.on('error', () => undefined);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.on('error', () => undefined);
  return response;
}

/** Reads the whole archive. Meanwhile others could be read to their ends too. */
const whileOthersRead = async (route = '/zip'): Promise<Buffer> => Buffer.from(await (await ask(route)).arrayBuffer());

describe('Downloads.sendZip', () => {
  it('sends an archive of the objects with its exact length, by the API even if DOWNLOADS names the storage', async () => {
    const answer = await ask('/zip');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/zip');
    expect(answer.headers.get('content-disposition')).toContain("filename*=UTF-8''speaker%20%E6%97%A5.zip");
    expect(answer.headers.get('etag')).toBe('"zip"');
    expect(Number(answer.headers.get('content-length'))).toBe(whole.length);
    const entries = [...zipEntries(Buffer.from(await answer.arrayBuffer()))];
    expect(entries.map(([name]) => name)).toEqual(files.map(({ name }) => name));
    for (const [at, [, content]] of entries.entries()) {
      expect(content.equals(at === 0 ? manifest : contents[at - 1]!)).toBe(true);
    }
  });

  it('answers every range with the slice of the whole', async () => {
    const offset = fc.oneof(
      fc.nat(whole.length - 1),
      fc.constantFrom(...zipOf(files).pieces.flatMap(({ start }) => [start, Math.max(0, start - 1)])),
    );
    await fc.assert(
      fc.asyncProperty(offset, offset, async (one, other) => {
        const [start, end] = [Math.min(one, other), Math.max(one, other)];
        const answer = await ask('/zip', { Range: `bytes=${start}-${end}` });
        expect([answer.status, answer.headers.get('content-range')]).toEqual([
          206,
          `bytes ${start}-${end}/${whole.length}`,
        ]);
        expect(Buffer.from(await answer.arrayBuffer()).equals(whole.subarray(start, end + 1))).toBe(true);
      }),
      { numRuns: pickOfForm(10, 30) },
    );
  });

  it('opens only the objects that a range touches, at the range', async () => {
    const third = zipOf(files).pieces.find(({ content }) => content === files[3]!.content)!;
    opened.length = 0;
    await (await ask('/zip', { Range: `bytes=${third.start + 5}-${third.start + 6}` })).arrayBuffer();
    expect(opened).toEqual([{ key: files[3]!.content, range: { start: 5, end: 6 } }]);
  });

  it('answers HEAD, If-None-Match and an unsatisfiable range without opening an object', async () => {
    opened.length = 0;
    const head = await ask('/zip', {}, 'HEAD');
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(whole.length)]);
    const same = await ask('/zip', { 'If-None-Match': '"zip"' });
    expect([same.status, same.headers.get('content-type')]).toEqual([304, null]);
    const beyond = await ask('/zip', { Range: `bytes=${whole.length}-` });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${whole.length}`]);
    expect(opened).toEqual([]);
  });

  it('answers 404 if the first object is missing', async () => {
    const answer = await ask('/first-gone');
    expect([answer.status, await answer.json()]).toEqual([404, { detail: 'Not found' }]);
  });

  it.each(['/second-gone', '/short', '/streamed-short'])(
    'cuts the connection of %s and reports the error',
    async (route) => {
      reported.length = 0;
      const answer = await ask(route);
      expect(answer.status).toBe(200);
      await expect(answer.arrayBuffer()).rejects.toThrow();
      await waitFor('the error is reported', () => reported.length === 1);
    },
  );

  it('reads no further than its client, whose chunks are not overwritten meanwhile', async () => {
    reported.length = 0;
    opened.length = 0;
    const [first, ...others] = await Promise.all([stalled('/zip'), stalled('/zip'), stalled('/zip')]);
    expect((await whileOthersRead()).equals(whole)).toBe(true);
    expect(opened.length).toBeLessThan(4 * contents.length);
    for (const other of others) other.destroy();
    expect((await buffer(first)).equals(whole)).toBe(true);
    expect(reported).toEqual([]);
  });

  // Only /proc says which files a process has open.
  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('closes a stream of the storage when the client leaves', async () => {
    reported.length = 0;
    await waitFor('nothing is open', async () => (await openObjects()) === 0);
    opened.length = 0;
    const [first, ...others] = await Promise.all([stalled('/streamed'), stalled('/streamed'), stalled('/streamed')]);
    await waitFor('one object of each is open', async () => (await openObjects()) === 3);
    expect((await whileOthersRead('/streamed')).equals(whole)).toBe(true);
    expect(opened.length).toBeLessThan(4 * contents.length);
    for (const other of others) other.destroy();
    // The system may have taken all that the first one has left to read.
    await waitFor('those of the others are closed', async () => (await openObjects()) <= 1);
    const late = await buffer(first);
    expect(late.equals(whole)).toBe(true);
    await waitFor('nothing is open', async () => (await openObjects()) === 0);
    expect(reported).toEqual([]);
  });
});

describe('openZip', () => {
  it('fails its reader, and nothing else, when the client left while the first object was being opened', async () => {
    const cause = new Error('The client closed the connection');
    const buffers = [Buffer.alloc(1000), Buffer.alloc(1000)] as const;
    const options = { signal: AbortSignal.abort(cause), missing: 'not_found', buffers } as const;
    const range = { start: 0, end: whole.length - 1 };
    for (const from of [storage, streaming]) {
      const chunks = await openZip(from, zipOf(files), range, options);
      // The error event of a stream comes in a later turn of the event loop, before anything reads. Unheard, it would end
      // the process.
      await waitFor('the object is closed', async () => (await openObjects()) === 0);
      await expect(buffer(Readable.from(chunks))).rejects.toBe(cause);
    }
  });
});
