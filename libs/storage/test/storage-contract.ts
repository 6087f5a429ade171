import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ListedObject, ObjectStorage } from '../src/index.js';
import { itRefusesOtherKeys } from './key-contract.js';

const opus = { contentType: 'audio/ogg' };
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

/** A source that breaks after its bytes, as an upload whose client went away. */
async function* broken(bytes: Buffer): AsyncGenerator<Buffer> {
  yield* pieces(bytes, 1000);
  throw new Error('the client went away');
}

/**
 * The promises of ObjectStorage, for every implementation.
 *
 * @param open a storage that may hold other objects; each test keeps to keys of its own
 * @param lacks what the server behind it is known not to do right, whoever asks
 */
export function itKeepsThePromisesOfObjectStorage(
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
  // Jest compares large buffers element by element, for seconds: their hashes say the same.
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

  describe('put', () => {
    it('stores a stream, counts and hashes it', async () => {
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

    it('is invisible until it is whole', async () => {
      const key = `${folder()}a.opus`;
      const seen: unknown[] = [];
      async function* looking(): AsyncGenerator<Buffer> {
        yield randomBytes(2 * 1024 * 1024);
        seen.push(await storage.stat(key), await storage.read(key));
        yield randomBytes(10);
      }
      await storage.put(key, looking(), opus);
      expect(seen).toEqual([null, null]);
      expect(await storage.stat(key)).toEqual({ bytes: 2 * 1024 * 1024 + 10 });
    });

    it('leaves nothing when the source breaks, and gives its error back', async () => {
      const prefix = folder();
      const source = broken(randomBytes(2_500_000));
      await expect(storage.put(`${prefix}a`, source, opus)).rejects.toThrow('the client went away');
      expect(await listed(prefix)).toEqual([]);
    });

    it('leaves nothing when a stream is destroyed', async () => {
      const prefix = folder();
      const source = new Readable({ read: () => undefined });
      source.push(randomBytes(100_000));
      const storing = storage.put(`${prefix}a`, source, opus);
      source.destroy();
      await expect(storing).rejects.toThrow('Premature close');
      expect(await listed(prefix)).toEqual([]);
    });

    it('refuses more than maxBytes, ends the source and keeps the older object', async () => {
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

    it('takes exactly maxBytes', async () => {
      const key = `${folder()}a`;
      await storage.put(key, pieces(randomBytes(1000), 100), { ...opus, maxBytes: 1000 });
      expect(await storage.stat(key)).toEqual({ bytes: 1000 });
    });

    it('replaces an object as a whole', async () => {
      const key = `${folder()}a`;
      await storage.put(key, pieces(randomBytes(1_000_000), 65536), opus);
      await storage.put(key, pieces(Buffer.from('newer'), 2), opus);
      expect(await content(key)).toEqual(Buffer.from('newer'));
    });

    if (!lacks.includes('replacing in one step')) {
      it('lets a reader that has begun keep the old object', async () => {
        const key = `${folder()}a`;
        const older = randomBytes(1_000_000);
        await storage.put(key, pieces(older, 65536), opus);
        const reader = await storage.read(key);
        await storage.put(key, pieces(Buffer.from('newer'), 2), opus);
        expect(reader && sha256(await buffer(reader))).toBe(sha256(older));
      });
    }
  });

  describe('putFile', () => {
    it('stores a local file and uses it up', async () => {
      const [path, key, bytes] = [join(scratch, randomUUID()), `${folder()}a`, randomBytes(100_000)];
      await writeFile(path, bytes);
      expect(await storage.putFile(key, path, opus)).toEqual({ bytes: bytes.length, sha256: null });
      expect(await hashOf(key)).toBe(sha256(bytes));
      await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
    });

    it('hashes it when asked to', async () => {
      const path = join(scratch, randomUUID());
      await writeFile(path, 'some audio');
      const stored = await storage.putFile(`${folder()}a`, path, { ...opus, computeSha256: true });
      expect(stored).toEqual({ bytes: 10, sha256: sha256(Buffer.from('some audio')) });
    });

    it('says unavailable for a file that is not there', async () => {
      const prefix = folder();
      const storing = storage.putFile(`${prefix}a`, join(scratch, randomUUID()), opus);
      await expect(storing).rejects.toMatchObject({ code: 'unavailable' });
      expect(await listed(prefix)).toEqual([]);
    });
  });

  describe('read and stat', () => {
    it('answer null for what is missing, for a folder, and for a path through an object', async () => {
      const prefix = folder();
      await storage.put(`${prefix}a/b`, pieces(Buffer.from('b'), 1), opus);
      for (const key of [`${prefix}none`, `${prefix}a`, `${prefix}a/b/c`]) {
        expect(await storage.stat(key)).toBeNull();
        expect(await storage.read(key)).toBeNull();
      }
    });

    it('read ranges, both ends included, cut at the end of the object', async () => {
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

    it('read stretches at once, into memory that is given or new', async () => {
      const [key, bytes] = [`${folder()}a`, randomBytes(300_000)];
      await storage.put(key, pieces(bytes, 65536), opus);
      expect(bytes.equals((await storage.readBytes(key, { start: 0, end: 299_999 })) ?? Buffer.of())).toBe(true);
      expect(await storage.readBytes(key, { start: 1, end: 4 })).toEqual(bytes.subarray(1, 5));
      const read = await storage.readBytes(key, { start: 1, end: 4 }, Buffer.alloc(5));
      expect([read?.buffer.byteLength, read?.equals(bytes.subarray(1, 5))]).toEqual([5, true]);
      await expect(storage.readBytes(key, { start: 299_000, end: 300_000 })).rejects.toThrow('shorter than it was');
      expect(await storage.readBytes(`${key}-none`, { start: 0, end: 9 })).toBeNull();
    });
  });

  describe('copyVerified', () => {
    it('copies exactly the expected object and keeps the first', async () => {
      const prefix = folder();
      const expected = await storage.put(`${prefix}inbox`, pieces(randomBytes(1_500_000), 65536), opus);
      expect(await storage.copyVerified(`${prefix}inbox`, `${prefix}final`, expected)).toEqual({ kind: 'copied' });
      await storage.put(`${prefix}inbox`, pieces(Buffer.from('a later PUT'), 4), opus);
      expect(await hashOf(`${prefix}final`)).toBe(expected.sha256);
    });

    it('leaves nothing when the size, the hash or the object itself is another', async () => {
      const prefix = folder();
      const found = await storage.put(`${prefix}inbox`, pieces(Buffer.from('four'), 4), opus);
      const copy = (from: string, expected: typeof found): Promise<{ kind: string }> =>
        storage.copyVerified(`${prefix}${from}`, `${prefix}final`, expected);
      expect(await copy('inbox', { ...found, bytes: 5 })).toMatchObject({ kind: 'different', bytes: 4 });
      const others = { ...found, sha256: sha256(Buffer.from('five')) };
      expect(await copy('inbox', others)).toEqual({ kind: 'different', ...found });
      expect(await copy('nowhere', found)).toEqual({ kind: 'missing' });
      expect(await keysIn(prefix)).toEqual([`${prefix}inbox`]);
    });
  });

  describe('list and delete', () => {
    it('list a folder with sizes and times, and nothing of its neighbours', async () => {
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

    it('delete the named objects, however often', async () => {
      const prefix = folder();
      for (const key of ['a', 'b', 'c/d']) await storage.put(prefix + key, pieces(Buffer.from(key), 1), opus);
      const doomed = [`${prefix}a`, `${prefix}c/d`, `${prefix}never`];
      await storage.delete(doomed);
      await storage.delete(doomed);
      expect(await keysIn(prefix)).toEqual([`${prefix}b`]);
      await storage.deletePrefix(`${prefix}never/`);
    });

    it('a walk may delete what it finds', async () => {
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

    it('puts and deletes of one folder at the same time all succeed', async () => {
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

  itRefusesOtherKeys(() => storage);

  it('is ready, and has no leftovers of what succeeded or failed above', async () => {
    await storage.check();
    expect(await storage.removeLeftovers(new Date(Date.now() + 60_000))).toBe(0);
  });
}
