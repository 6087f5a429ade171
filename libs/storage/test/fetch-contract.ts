import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ObjectStorage } from '../src/index.js';

/** The part of ObjectStorage's contract about local files, for every implementation. */
export function itFetchesObjectsToFiles(open: () => Promise<ObjectStorage>): void {
  let storage: ObjectStorage;
  let scratch: string;
  const key = (): string => `voices/${randomUUID()}/a.opus`;

  beforeAll(async () => {
    storage = await open();
    scratch = await mkdtemp(join(tmpdir(), 'fetch contract '));
  });
  afterAll(() => rm(scratch, { recursive: true }));

  describe('ObjectStorage.fetchFile', () => {
    it('puts an object at a local path', async () => {
      const object = key();
      const bytes = randomBytes(100_000);
      const path = join(scratch, randomUUID());
      await storage.put(object, Readable.from([bytes]), { contentType: 'audio/ogg' });
      expect(await storage.fetchFile(object, path)).toBe(true);
      await storage.delete([object]);
      expect((await readFile(path)).equals(bytes)).toBe(true);
    });

    it('returns false and leaves no file if there is no such object', async () => {
      const path = join(scratch, randomUUID());
      expect(await storage.fetchFile(key(), path)).toBe(false);
      await expect(stat(path)).rejects.toThrow('ENOENT');
    });
  });
}
