import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { ObjectStorage, StoredObject } from '../src/object-storage.js';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The part of the contract of ObjectStorage about verified copies. */
export function itCopiesVerified(storage: () => ObjectStorage): void {
  const folder = (): string => `voices/${randomUUID()}/`;
  const put = (key: string, bytes: Buffer): Promise<StoredObject> =>
    storage().put(key, Readable.from([bytes]), { contentType: 'audio/ogg' });

  describe('ObjectStorage.copyVerified', () => {
    it('copies exactly the expected object and keeps the source', async () => {
      const prefix = folder();
      const bytes = randomBytes(1_500_000);
      const expected = await put(`${prefix}inbox`, bytes);
      const copied = await storage().copyVerified(`${prefix}inbox`, `${prefix}final`, expected);
      expect(copied).toEqual({ kind: 'copied', crc32: crc32(bytes) });
      await put(`${prefix}inbox`, Buffer.from('a later PUT'));
      const final = await storage().read(`${prefix}final`);
      expect(final && sha256(await buffer(final))).toBe(expected.sha256);
    });

    it('returns the CRC-32 of what it copied', async () => {
      const prefix = folder();
      // The check value of CRC-32/ISO-HDLC, as every catalogue of CRCs lists it.
      const expected = await put(`${prefix}inbox`, Buffer.from('123456789'));
      const copied = await storage().copyVerified(`${prefix}inbox`, `${prefix}final`, expected);
      expect(copied).toEqual({ kind: 'copied', crc32: 0xcbf43926 });
    });

    it('leaves nothing if the size or the hash differs or the object is missing', async () => {
      const prefix = folder();
      const found = await put(`${prefix}inbox`, Buffer.from('four'));
      const copy = (from: string, expected: StoredObject): Promise<{ kind: string }> =>
        storage().copyVerified(`${prefix}${from}`, `${prefix}final`, expected);
      expect(await copy('inbox', { ...found, bytes: 5 })).toMatchObject({ kind: 'different', bytes: 4 });
      const others = { ...found, sha256: sha256(Buffer.from('five')) };
      expect(await copy('inbox', others)).toEqual({ kind: 'different', ...found });
      expect(await copy('nowhere', found)).toEqual({ kind: 'missing' });
      const keys: string[] = [];
      for await (const { key } of storage().list(prefix)) keys.push(key);
      expect(keys).toEqual([`${prefix}inbox`]);
    });
  });
}
