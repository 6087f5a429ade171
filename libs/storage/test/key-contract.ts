import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import type { ObjectStorage } from '../src/index.js';

/** The part of ObjectStorage's contract about invalid keys, for every implementation. */
export function itRejectsInvalidKeys(storage: () => ObjectStorage): void {
  describe('keys', () => {
    const hostile = ['', '/', '/etc/passwd', '../a', 'a/../b', 'a/./b', 'a//b', 'a/', 'a\\b', 'a\0b', 'ü', 'a b', '..'];

    it.each(hostile)('rejects %j', async (key) => {
      const path = '/nowhere/never.stored';
      await expect(storage().put(key, Readable.from(['x']), { contentType: 'audio/ogg' })).rejects.toThrow(TypeError);
      await expect(storage().putFile(key, path, { contentType: 'audio/ogg' })).rejects.toThrow(TypeError);
      await expect(storage().read(key)).rejects.toThrow(TypeError);
      await expect(storage().stat(key)).rejects.toThrow(TypeError);
      await expect(storage().delete([key])).rejects.toThrow(TypeError);
      await expect(storage().copyVerified(key, 'a', { bytes: 1, sha256: '' })).rejects.toThrow(TypeError);
      await expect(storage().signGet(key, { expiresInSeconds: 1 })).rejects.toThrow(TypeError);
    });

    it.each(['', 'voices', '/', '../', 'voices/../'])('rejects the prefix %j', async (prefix) => {
      await expect(storage().deletePrefix(prefix)).rejects.toThrow(TypeError);
    });
  });
}
