import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ListedObject, ObjectStorage } from '../src/object-storage.js';
import { itCopiesVerified } from './copy-contract.js';
import { itRejectsInvalidKeys } from './key-contract.js';

const opus = { contentType: 'audio/ogg' };
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

/** A source that fails after its bytes, like an upload whose client disconnects. */
async function* broken(bytes: Buffer): AsyncGenerator<Buffer> {
  yield* pieces(bytes, 1000);
  throw new Error('client disconnected');
}

/**
 * The contract of ObjectStorage, for every implementation.
 *
 * @param open a storage that may hold other objects; each test uses keys of its own
 * @param lacks known bugs of the server, which no client can avoid
 */
export function itMeetsTheContractOfObjectStorage(
  open: () => Promise<ObjectStorage>,
  lacks: readonly ('range of the first byte' | 'replacing in one step')[] = [],
): void {
  let storage: ObjectStorage;
  let scratch: string;
  const folder = (): string => `voices/${randomUUID()}/`;

  const content = async (key: string): Promise<Buffer | null> => {
    const reader = await storage.read(key);
    return reader && buffer(reader);
  };
  // Compares hashes, because Jest takes seconds to compare large buffers element by element.
  const hashOf = async (key: string): Promise<string | null> => {
    const bytes = await content(key);
    return bytes && sha256(bytes);
  };
  const listed = async (prefix: string): Promise<ListedObject[]> => {
    const found: ListedObject[] = [];
    for await (const object of storage.list(prefix)) found.push(object);
    return found.sort((one, other) => (one.key < other.key ? -1 : 1));
  };
  const keysIn = async (prefix: string): Promise<string[]> => (await listed(prefix)).map(({ key }) => key);

  beforeAll(async () => {
    storage = await open();
    scratch = await mkdtemp(join(tmpdir(), 'storage contract '));
  });
  afterAll(() => rm(scratch, { recursive: true }));

  describe('ObjectStorage.put', () => {
    it('stores a stream, and counts and hashes it', async () => {
      const key = `${folder()}a.opus`;
      const bytes = randomBytes(3 * 1024 * 1024 + 17);
      const stored = await storage.put(key, Readable.from(pieces(bytes, 64 * 1024)), opus);
      expect(stored).toEqual({ bytes: bytes.length, sha256: sha256(bytes) });
      expect(await hashOf(key)).toBe(sha256(bytes));
      expect(await storage.stat(key)).toEqual({ bytes: bytes.length });
    });

    it('stores an empty object', async () => {
      const key = `${folder()}empty`;
      expect((await storage.put(key, pieces(Buffer.alloc(0), 1), opus)).bytes).toBe(0);
      expect(await storage.stat(key)).toEqual({ bytes: 0 });
      expect(await content(key)).toEqual(Buffer.alloc(0));
    });

    it('keeps the object invisible until it is complete', async () => {
      const key = `${folder()}a.opus`;
      const seen: unknown[] = [];
      async function* observed(): AsyncGenerator<Buffer> {
        yield randomBytes(2 * 1024 * 1024);
        seen.push(await storage.stat(key), await storage.read(key));
        yield randomBytes(10);
      }
      await storage.put(key, observed(), opus);
      expect(seen).toEqual([null, null]);
      expect(await storage.stat(key)).toEqual({ bytes: 2 * 1024 * 1024 + 10 });
    });

    it('leaves nothing if the source fails, and throws its error', async () => {
      const prefix = folder();
      const source = broken(randomBytes(2_500_000));
      await expect(storage.put(`${prefix}a`, source, opus)).rejects.toThrow('client disconnected');
      expect(await listed(prefix)).toEqual([]);
    });

    it('leaves nothing if a stream is destroyed', async () => {
      const prefix = folder();
      const source = new Readable({ read: () => undefined });
      source.push(randomBytes(100_000));
      const storing = storage.put(`${prefix}a`, source, opus);
      source.destroy();
      await expect(storing).rejects.toThrow('Premature close');
      expect(await listed(prefix)).toEqual([]);
    });

    it('rejects more than maxBytes, ends the source and keeps the older object', async () => {
      const prefix = folder();
      await storage.put(`${prefix}a`, pieces(Buffer.from('older'), 2), opus);
      let ended = false;
      async function* endless(): AsyncGenerator<Buffer> {
        try {
          for (;;) yield Buffer.alloc(64 * 1024);
        } finally {
          ended = true;
        }
      }
      const refused = storage.put(`${prefix}a`, endless(), { ...opus, maxBytes: 1_000_000 });
      await expect(refused).rejects.toMatchObject({ code: 'too_large' });
      expect(ended).toBe(true);
      expect(await content(`${prefix}a`)).toEqual(Buffer.from('older'));
      expect(await keysIn(prefix)).toEqual([`${prefix}a`]);
    });

    it('accepts exactly maxBytes', async () => {
      const key = `${folder()}a`;
      await storage.put(key, pieces(randomBytes(1000), 100), { ...opus, maxBytes: 1000 });
      expect(await storage.stat(key)).toEqual({ bytes: 1000 });
    });

    it('replaces an object', async () => {
      const key = `${folder()}a`;
      await storage.put(key, pieces(randomBytes(1_000_000), 65536), opus);
      await storage.put(key, pieces(Buffer.from('newer'), 2), opus);
      expect(await content(key)).toEqual(Buffer.from('newer'));
    });

    if (!lacks.includes('replacing in one step')) {
      it('lets a reader that has started continue with the old object', async () => {
        const key = `${folder()}a`;
        const older = randomBytes(1_000_000);
        await storage.put(key, pieces(older, 65536), opus);
        const reader = await storage.read(key);
        await storage.put(key, pieces(Buffer.from('newer'), 2), opus);
        expect(reader && sha256(await buffer(reader))).toBe(sha256(older));
      });
    }
  });

  describe('ObjectStorage.putFile', () => {
    it('stores a local file and removes it', async () => {
      const [path, key, bytes] = [join(scratch, randomUUID()), `${folder()}a`, randomBytes(100_000)];
      await writeFile(path, bytes);
      expect(await storage.putFile(key, path, opus)).toEqual({ bytes: bytes.length, sha256: null });
      expect(await hashOf(key)).toBe(sha256(bytes));
      await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
    });

    it('hashes the file on request', async () => {
      const path = join(scratch, randomUUID());
      await writeFile(path, 'some audio');
      const stored = await storage.putFile(`${folder()}a`, path, { ...opus, computeSha256: true });
      expect(stored).toEqual({ bytes: 10, sha256: sha256(Buffer.from('some audio')) });
    });

    it('throws unavailable for a missing file', async () => {
      const prefix = folder();
      const storing = storage.putFile(`${prefix}a`, join(scratch, randomUUID()), opus);
      await expect(storing).rejects.toMatchObject({ code: 'unavailable' });
      expect(await listed(prefix)).toEqual([]);
    });
  });

  describe('ObjectStorage.read and stat', () => {
    it('return null for a missing object, a folder, and a path through an object', async () => {
      const prefix = folder();
      await storage.put(`${prefix}a/b`, pieces(Buffer.from('b'), 1), opus);
      for (const key of [`${prefix}none`, `${prefix}a`, `${prefix}a/b/c`]) {
        expect(await storage.stat(key)).toBeNull();
        expect(await storage.read(key)).toBeNull();
      }
    });

    it('read ranges, both ends included, clamped to the end of the object', async () => {
      const key = `${folder()}a`;
      await storage.put(key, pieces(Buffer.from('0123456789'), 3), opus);
      const range = async (start: number, end: number): Promise<string | null> => {
        const reader = await storage.read(key, { start, end });
        return reader && (await buffer(reader)).toString();
      };
      if (!lacks.includes('range of the first byte')) expect(await range(0, 0)).toBe('0');
      expect([await range(0, 2), await range(2, 4), await range(9, 9), await range(7, 100)]).toEqual([
        '012',
        '234',
        '9',
        '789',
      ]);
      await expect(range(10, 12)).rejects.toMatchObject({ code: 'range_not_satisfiable' });
    });

    it('read small ranges in one step, into given or new memory', async () => {
      const [key, bytes] = [`${folder()}a`, randomBytes(300_000)];
      await storage.put(key, pieces(bytes, 65536), opus);
      expect(bytes.equals((await storage.readBytes(key, { start: 0, end: 299_999 })) ?? Buffer.of())).toBe(true);
      expect(await storage.readBytes(key, { start: 1, end: 4 })).toEqual(bytes.subarray(1, 5));
      const read = await storage.readBytes(key, { start: 1, end: 4 }, Buffer.alloc(5));
      expect([read?.buffer.byteLength, read?.equals(bytes.subarray(1, 5))]).toEqual([5, true]);
      await expect(storage.readBytes(key, { start: 299_000, end: 300_000 })).rejects.toThrow('shorter than it was');
      expect(await storage.readBytes(`${key}-none`, { start: 0, end: 9 })).toBeNull();
    });

    it('read ranges in chunks, which stay as they are until the buffers are all used again', async () => {
      const [key, bytes] = [`${folder()}a`, randomBytes(300_000)];
      await storage.put(key, pieces(bytes, 65536), opus);
      for (const count of [1, 2]) {
        const buffers = Array.from({ length: count }, () => Buffer.alloc(65_536));
        const chunks = await storage.readThrough(key, { start: 1, end: 299_998 }, buffers);
        const [kept, held]: [Buffer[], Buffer[]] = [[], []];
        for await (const chunk of chunks as AsyncIterable<Buffer>) {
          held.push(chunk);
          if (held.length === count) kept.push(Buffer.from(held.shift() ?? ''));
        }
        expect(Buffer.concat([...kept, ...held]).equals(bytes.subarray(1, 299_999))).toBe(true);
      }
      expect(await storage.readThrough(`${key}-none`, { start: 0, end: 9 }, [Buffer.alloc(10)])).toBeNull();
    });
  });

  itCopiesVerified(() => storage);

  describe('ObjectStorage.list and delete', () => {
    it('list a folder with sizes and times, without its neighbours', async () => {
      const before = Date.now();
      const prefix = folder();
      const neighbour = `${prefix.slice(0, -1)}2/`;
      for (const key of ['a', 'b/c', 'b/d/e']) await storage.put(prefix + key, pieces(Buffer.from(key), 1), opus);
      await storage.put(`${neighbour}a`, pieces(Buffer.from('a'), 1), opus);

      const found = await listed(prefix);
      expect(found.map(({ key, bytes }) => [key.slice(prefix.length), bytes])).toEqual([
        ['a', 1],
        ['b/c', 3],
        ['b/d/e', 5],
      ]);
      for (const { modifiedAt } of found) expect(Math.abs(modifiedAt.getTime() - before)).toBeLessThan(60_000);
      expect(await keysIn('')).toEqual(expect.arrayContaining([`${prefix}a`, `${neighbour}a`]));

      await storage.deletePrefix(prefix);
      expect(await listed(prefix)).toEqual([]);
      expect(await keysIn(neighbour)).toEqual([`${neighbour}a`]);
    });

    it('delete the named objects, any number of times', async () => {
      const prefix = folder();
      for (const key of ['a', 'b', 'c/d']) await storage.put(prefix + key, pieces(Buffer.from(key), 1), opus);
      const doomed = [`${prefix}a`, `${prefix}c/d`, `${prefix}never`];
      await storage.delete(doomed);
      await storage.delete(doomed);
      expect(await keysIn(prefix)).toEqual([`${prefix}b`]);
      await storage.deletePrefix(`${prefix}never/`);
    });

    it('allow deleting objects while listing them', async () => {
      const prefix = folder();
      for (let n = 0; n < 30; n += 1) await storage.put(`${prefix}${n % 3}/${n}`, pieces(Buffer.from('x'), 1), opus);
      let walked = 0;
      for await (const { key } of storage.list(prefix)) {
        await storage.delete([key]);
        walked += 1;
      }
      expect(walked).toBe(30);
      expect(await listed(prefix)).toEqual([]);
    });

    it('succeed for concurrent puts and deletes in one folder', async () => {
      const prefix = folder();
      const work = Array.from({ length: 40 }, async (_, n) => {
        const key = `${prefix}jobs/${n % 2}/${n}`;
        await storage.put(key, pieces(Buffer.from('x'), 1), opus);
        if (n % 3 === 0) await storage.delete([key]);
        if (n % 7 === 0) await storage.deletePrefix(`${prefix}jobs/${n % 2}/`);
      });
      await Promise.all(work);
      await storage.deletePrefix(prefix);
      expect(await listed(prefix)).toEqual([]);
    });
  });

  itRejectsInvalidKeys(() => storage);

  it('is ready, and has no leftovers after the tests above', async () => {
    await storage.check();
    expect(await storage.removeLeftovers(new Date(Date.now() + 60_000))).toBe(0);
  });
}
