import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { itFetchesObjectsToFiles } from '../../test/fetch-contract.js';
import { openBucket } from '../../test/s3-bucket.js';
import { S3StandIn } from '../../test/s3-stand-in.js';
import { startS3rver, type S3rver } from '../../test/s3rver.js';
import { checkSignature } from '../../test/sigv4.js';
import { itMeetsTheContractOfObjectStorage } from '../../test/storage-contract.js';
import type { ObjectStorage } from '../object-storage.js';

const opus = { contentType: 'audio/ogg' };
const put = (storage: ObjectStorage, key: string, text: string): Promise<unknown> =>
  storage.put(key, Readable.from([Buffer.from(text)]), opus);

describe('S3Storage on s3rver', () => {
  let server: S3rver;
  beforeAll(async () => {
    server = await startS3rver('voices');
  });
  afterAll(() => server.stop());
  // s3rver takes a range end of 0 for none, and overwrites the file that others are reading.
  itMeetsTheContractOfObjectStorage(
    () => openBucket(process.env, server),
    ['range of the first byte', 'replacing in one step'],
  );
  itFetchesObjectsToFiles(() => openBucket(process.env, server));

  it('stores and reads a body of several parts', async () => {
    const storage = await openBucket(process.env, server);
    const bytes = Buffer.alloc(17 * 1024 * 1024, 'multipart');
    const stored = await storage.put('large', Readable.from([bytes]), opus);
    expect(await storage.copyVerified('large', 'copy', stored)).toEqual({ kind: 'copied', crc32: crc32(bytes) });
    const copy = await storage.read('copy');
    expect(copy && (await buffer(copy)).equals(bytes)).toBe(true);
  });
});

describe('S3Storage on a server that verifies signatures', () => {
  let server: S3StandIn;
  let storage: ObjectStorage;
  beforeAll(async () => {
    server = await S3StandIn.start('voices');
  });
  afterAll(() => server.stop());

  itMeetsTheContractOfObjectStorage(() => openBucket(process.env, server));
  itFetchesObjectsToFiles(() => openBucket(process.env, server));

  describe('bucket', () => {
    beforeEach(async () => {
      storage = await openBucket(process.env, server, randomUUID());
    });
    afterEach(() => {
      server.trouble = () => undefined;
    });

    it('can be shared by prefixes that do not see each other', async () => {
      const [one, all] = [
        await openBucket(process.env, server, 'shared/one'),
        await openBucket(process.env, server, 'shared'),
      ];
      await put(one, 'voices/a', 'x');
      expect(server.kept.objects.has('shared/one/voices/a')).toBe(true);
      expect(await (await openBucket(process.env, server, 'shared/on')).stat('voices/a')).toBeNull();
      const found: string[] = [];
      for await (const { key } of all.list('')) found.push(key);
      expect(found).toEqual(['one/voices/a']);
    });

    it('deletes thousands of objects with few requests', async () => {
      const before = server.requests.length;
      await storage.delete(Array.from({ length: 2001 }, (_, n) => `voices/${n}`));
      expect(server.requests.length - before).toBe(3);
    });

    it('throws if some of many objects were not deleted', async () => {
      const prefix = randomUUID();
      const own = await openBucket(process.env, server, prefix);
      for (const name of ['a', 'b']) await put(own, `v/${name}`, name);
      server.kept.locked.add(`${prefix}/v/a`);
      await expect(own.deletePrefix('v/')).rejects.toMatchObject({ code: 'unavailable' });
      expect([await own.stat('v/a'), await own.stat('v/b')]).toEqual([{ bytes: 1 }, null]);
    });

    it('stores the content type', async () => {
      await put(storage, 'a.opus', 'x');
      const response = await fetch(await storage.signGet('a.opus', { expiresInSeconds: 60 }));
      expect(response.headers.get('content-type')).toBe('audio/ogg');
    });
  });

  describe('signed URLs', () => {
    const get = { expiresInSeconds: 60 };
    const inSeconds = (seconds: number): Date => new Date(Date.now() + seconds * 1000);
    beforeAll(async () => {
      storage = await openBucket(process.env, server, 'signed');
      await put(storage, 'a.zip', 'some bytes');
    });

    it('read an object with the requested file name and type', async () => {
      const url = await storage.signGet('a.zip', {
        ...get,
        downloadName: 'Zoë 日本.zip',
        contentType: 'application/zip',
      });
      const response = await fetch(url);
      expect([response.status, await response.text()]).toEqual([200, 'some bytes']);
      expect(response.headers.get('content-type')).toBe('application/zip');
      expect(response.headers.get('content-disposition')).toContain(
        "filename*=UTF-8''Zo%C3%AB%20%E6%97%A5%E6%9C%AC.zip",
      );
    });

    it('are valid only for their object, their method and their time', async () => {
      const url = new URL(await storage.signGet('a.zip', get));
      const signed = { method: 'GET', url: url.pathname + url.search, headers: { host: url.host } };
      expect(checkSignature(signed, server.key, inSeconds(55))).toBeNull();
      expect(checkSignature(signed, server.key, inSeconds(65))).toBe('AccessDenied');
      for (const changed of ['a.zip', 'X-Amz-Expires=60', 'X-Amz-Signature=']) {
        expect((await fetch(url.href.replace(changed, `${changed}0`))).status).toBe(403);
      }
      expect((await fetch(url, { method: 'PUT', body: 'x' })).status).toBe(403);
    });

    it.each(['application/zip', 'Application/ZIP; charset=binary', 'application/octet-stream', undefined])(
      'store an object whose content type is sent as %s',
      async (type) => {
        const limits = { expiresInSeconds: 60, contentType: 'application/zip', maxBytes: 99 };
        const url = await storage.signPut('inbox/typed.zip', limits);
        const headers = type === undefined ? {} : { 'content-type': type };
        expect((await fetch(url, { method: 'PUT', headers, body: new Uint8Array(10) })).status).toBe(200);
        expect(await storage.stat('inbox/typed.zip')).toEqual({ bytes: 10 });
        await storage.delete(['inbox/typed.zip']);
      },
    );

    it('are signed one per turn of the event loop, so that thousands do not block it', async () => {
      let signed = 0;
      let turnsMeanwhile = 0;
      const turn = (): void => {
        turnsMeanwhile += 1;
        if (signed < 50) setImmediate(turn);
      };
      setImmediate(turn);
      const urls = Array.from({ length: 50 }, (_, n) => storage.signGet(`${n}`, get).finally(() => (signed += 1)));
      expect(new Set(await Promise.all(urls)).size).toBe(50);
      expect(turnsMeanwhile).toBeGreaterThanOrEqual(50);
    });

    it('point at the public endpoint', async () => {
      const public_endpoint = 'https://files.example.com';
      const reachedOtherwise = await openBucket(process.env, server, 'signed', { public_endpoint });
      const url = await reachedOtherwise.signGet('a.zip', { expiresInSeconds: 60 });
      expect(url).toMatch(/^https:\/\/files\.example\.com\/voices\/signed\/a\.zip\?/);
      expect(await reachedOtherwise.stat('a.zip')).toEqual({ bytes: 10 });
    });
  });

  describe('S3Storage.open', () => {
    it('says what the operator has to fix', async () => {
      await expect(
        openBucket(process.env, { ...server, endpoint: server.endpoint, bucket: 'nowhere' }),
      ).rejects.toThrow('there is no bucket nowhere');
      const env = { ...server.env, AWS_SECRET_ACCESS_KEY: 'another' };
      const wrongKeys = openBucket(process.env, { endpoint: server.endpoint, bucket: server.bucket, env });
      await expect(wrongKeys).rejects.toThrow('is denied to the keys in use');
    });
  });
});
