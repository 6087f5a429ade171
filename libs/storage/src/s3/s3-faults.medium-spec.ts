import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openBucket } from '../../test/s3-bucket.js';
import { S3StandIn, type Fault } from '../../test/s3-stand-in.js';
import type { ObjectStorage } from '../object-storage.js';
import { partBytes } from './s3-upload.js';

const opus = { contentType: 'audio/ogg' };
const mebibyte = 1024 * 1024;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const slowDown: Fault = { kind: 'answer', status: 503, code: 'SlowDown' };

let server: S3StandIn;
let storage: ObjectStorage;
let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 's3 faults '));
});
afterAll(() => rm(scratch, { recursive: true }));
beforeEach(async () => {
  await server?.stop();
  server = await S3StandIn.start('voices');
  storage = await openBucket(process.env, server, 'p');
});
afterAll(() => server.stop());

/** Yields this many mebibytes, one at a time, and then throws the error, if any. */
async function* mebibytes(count: number, error?: Error): AsyncGenerator<Buffer> {
  for (let n = 0; n < count; n += 1) yield Buffer.alloc(mebibyte, n);
  if (error) throw error;
}

const sent = (what: string): number => server.requests.filter((request) => request.includes(what)).length;

/** Lets the first `times` requests that contain a text fail. */
function fail(what: string, fault: Fault, times = Infinity): void {
  let left = times;
  server.trouble = (method, url) => {
    if (!`${method} ${url}`.includes(what) || left === 0) return undefined;
    left -= 1;
    return fault;
  };
}

async function until(met: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await met())) await new Promise((resolve) => setImmediate(resolve));
}

describe('S3Storage.put of a large body', () => {
  it('uploads it in parts, and a small one in one request', async () => {
    const stored = await storage.put('a', mebibytes(18), opus);
    const kept = server.kept.objects.get('p/a');
    expect(stored).toEqual({ bytes: 18 * mebibyte, sha256: sha256(kept?.bytes ?? Buffer.alloc(0)) });
    expect([sent('partNumber='), sent('uploads'), kept?.contentType]).toEqual([3, 1, 'audio/ogg']);
    await storage.put('b', mebibytes(7), opus);
    expect([sent('uploads'), sent('PUT /voices/p/b')]).toEqual([1, 1]);
  });

  it('holds only a few parts in memory, however slow the server is', async () => {
    let pulled = 0;
    async function* counted(): AsyncGenerator<Buffer> {
      for await (const chunk of mebibytes(44)) {
        pulled += chunk.length;
        yield chunk;
      }
    }
    let release = (): void => undefined;
    const until_ = new Promise<void>((resolve) => (release = resolve));
    fail('partNumber=', { kind: 'hold', until: until_ });
    const storing = storage.put('a', counted(), opus);
    await until(() => pulled >= 2 * partBytes);
    // The source is idle once nothing was pulled from it for many turns of the event loop.
    for (let turns = 0, seen = 0; turns < 500; turns += 1) {
      if (seen !== pulled) [seen, turns] = [pulled, 0];
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(pulled).toBeLessThanOrEqual(4 * partBytes);
    release();
    expect((await storing).bytes).toBe(44 * mebibyte);
  });

  it('leaves no parts if the source fails, is too large, or the server rejects it', async () => {
    const broken = storage.put('a', mebibytes(9, new Error('client disconnected')), opus);
    await expect(broken).rejects.toThrow('client disconnected');
    const tooLarge = storage.put('a', mebibytes(30), { ...opus, maxBytes: 9 * mebibyte });
    await expect(tooLarge).rejects.toMatchObject({ code: 'too_large' });
    for (const step of ['partNumber=2', 'POST /voices/p/a?uploadId']) {
      fail(step, { kind: 'answer', status: 403, code: 'AccessDenied' });
      await expect(storage.put('a', mebibytes(17), opus)).rejects.toMatchObject({ code: 'unavailable' });
    }
    expect(sent('uploads')).toBe(4);
    expect([server.kept.uploads.size, server.kept.objects.size]).toEqual([0, 0]);
  });

  it('throws the first error even if its parts cannot be removed, which removeLeftovers does later', async () => {
    fail('DELETE', slowDown);
    await expect(storage.put('a', mebibytes(9, new Error('broken')), opus)).rejects.toThrow('broken');
    expect(server.kept.uploads.size).toBe(1);
    server.trouble = () => undefined;
    expect(await storage.removeLeftovers(new Date(Date.now() + 1000))).toBe(1);
    expect(server.kept.uploads.size).toBe(0);
  });

  it('is copied completely or not at all', async () => {
    const stored = await storage.put('inbox', mebibytes(9), opus);
    const other = { bytes: stored.bytes, sha256: sha256(Buffer.from('other')) };
    expect(await storage.copyVerified('inbox', 'final', other)).toEqual({ kind: 'different', ...stored });
    expect([server.kept.uploads.size, [...server.kept.objects.keys()]]).toEqual([0, ['p/inbox']]);
    expect(await storage.copyVerified('inbox', 'final', stored)).toMatchObject({ kind: 'copied' });
    expect(server.kept.objects.get('p/final')?.contentType).toBe('audio/ogg');
  });
});

describe('S3Storage.copyVerified', () => {
  it('copies the bytes it has verified despite a concurrent PUT', async () => {
    const stored = await storage.put('inbox', Readable.from([Buffer.from('right')]), opus);
    server.trouble = (method, url) => {
      const inbox = server.kept.objects.get('p/inbox');
      if (method === 'PUT' && url.includes('final') && inbox) {
        server.kept.objects.set('p/inbox', { ...inbox, bytes: Buffer.from('wrong') });
      }
      return undefined;
    };
    expect(await storage.copyVerified('inbox', 'final', stored)).toMatchObject({ kind: 'copied' });
    expect(server.kept.objects.get('p/inbox')?.bytes.toString()).toBe('wrong');
    expect(server.kept.objects.get('p/final')?.bytes.toString()).toBe('right');
  });

  it('throws unavailable if the connection breaks', async () => {
    const stored = await storage.put('inbox', Readable.from([randomBytes(300_000)]), opus);
    fail('GET', { kind: 'cut', afterBytes: 200_000 });
    await expect(storage.copyVerified('inbox', 'final', stored)).rejects.toMatchObject({ code: 'unavailable' });
    expect(server.kept.objects.has('p/final')).toBe(false);
  });
});

describe('S3Storage.removeLeftovers', () => {
  const leave = (key: string, hoursAgo: number): unknown =>
    server.kept.uploads.set(randomUUID(), {
      key,
      contentType: 'audio/ogg',
      startedAt: new Date(Date.now() - hoursAgo * 3_600_000),
      parts: new Map(),
    });
  const left = (): string[] => [...server.kept.uploads.values()].map(({ key }) => key).sort();

  it('removes old unfinished uploads of its own prefix, over many pages', async () => {
    for (let n = 0; n < 20; n += 1) leave(`p/voices/${n}`, 25);
    leave('p/voices/young', 1);
    leave('other/voices/1', 25);
    expect(await storage.removeLeftovers(new Date(Date.now() - 24 * 3_600_000))).toBe(20);
    expect(left()).toEqual(['other/voices/1', 'p/voices/young']);
  });

  it('is not needed for a folder: deletePrefix removes its unfinished uploads', async () => {
    leave('p/voices/1/original', 0);
    leave('p/voices/12/original', 0);
    await storage.deletePrefix('voices/1/');
    expect(left()).toEqual(['p/voices/12/original']);
  });
});

describe('S3Storage on a failing server', () => {
  it('retries, then throws unavailable', async () => {
    await storage.put('a', Readable.from([Buffer.from('x')]), opus);
    fail('p/a', slowDown, 1);
    expect(await storage.stat('a')).toEqual({ bytes: 1 });
    fail('p/b', { kind: 'cut' }, 1);
    await storage.put('b', Readable.from([Buffer.from('x')]), opus);
    fail('/voices', { kind: 'answer', status: 500, code: 'InternalError' });
    const works = [storage.stat('a'), storage.read('a'), storage.delete(['a']), storage.check()];
    for (const work of await Promise.allSettled(works)) {
      expect(work).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
    }
  });

  it('throws unavailable if the bucket is missing', async () => {
    fail('/voices', { kind: 'answer', status: 404, code: 'NoSuchBucket' });
    const works = [storage.stat('a'), storage.read('a'), storage.delete(['a']), storage.deletePrefix('a/')];
    for (const work of await Promise.allSettled(works)) {
      expect(work).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
    }
  });

  it('throws insufficient_storage if the server is full, and keeps the local file', async () => {
    fail('PUT', { kind: 'answer', status: 507, code: 'XMinioStorageFull' });
    const path = join(scratch, 'upload');
    await writeFile(path, 'audio');
    await expect(storage.putFile('a', path, opus)).rejects.toMatchObject({ code: 'insufficient_storage' });
    expect(await readdir(scratch)).toEqual(['upload']);
    await rm(path);
  });

  it('throws unavailable if the server is gone, also on open', async () => {
    const { endpoint, env } = server;
    await server.stop();
    await expect(storage.check()).rejects.toMatchObject({ code: 'unavailable' });
    const source = new Readable({ read: () => undefined });
    source.push('x');
    source.push(null);
    await expect(storage.put('a', source, opus)).rejects.toMatchObject({ code: 'unavailable' });
    expect(source.destroyed).toBe(true);
    await expect(openBucket(process.env, { endpoint, env, bucket: 'voices' })).rejects.toMatchObject({
      code: 'unavailable',
    });
    server = await S3StandIn.start('voices');
  });

  it('never takes a truncated body for a complete one', async () => {
    await storage.put('a', Readable.from([randomBytes(300_000)]), opus);
    fail('GET', { kind: 'cut', afterBytes: 200_000 });
    const reader = await storage.read('a');
    await expect(reader && buffer(reader)).rejects.toThrow('aborted');
    await expect(storage.fetchFile('a', join(scratch, 'torn'))).rejects.toMatchObject({ code: 'unavailable' });
    expect(await readdir(scratch)).toEqual([]);
  });
});

describe('S3Storage.read', () => {
  it('frees the connection of a reader that is destroyed', async () => {
    await storage.put('a', mebibytes(20), opus);
    const readers = await Promise.all([1, 2, 3].map(() => storage.read('a')));
    const busy = await server.connections();
    expect(busy).toBeGreaterThanOrEqual(3);
    for (const reader of readers) reader?.destroy();
    await until(async () => (await server.connections()) === busy - 3);
  });
});
