import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ZipArchive } from 'archiver';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { storedZipBytes, type StoredEntry } from './zip-size.js';

async function zipped(entries: readonly StoredEntry[]): Promise<Buffer> {
  const archive = new ZipArchive({ store: true });
  const whole = buffer(archive);
  for (const { name, bytes, streamed } of entries) {
    const data = Buffer.alloc(bytes, 'x');
    archive.append(streamed ? Readable.from([data]) : data, { name });
  }
  await archive.finalize();
  return whole;
}

describe('storedZipBytes', () => {
  it('returns exactly the size that archiver writes', async () => {
    const entry = fc.record({
      name: fc.constantFrom('1.opus', '500.opus', 'voice_info.json', 'ü日.json'),
      bytes: fc.integer({ min: 1, max: 100_000 }),
      streamed: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 6 }), async (entries) => {
        expect((await zipped(entries)).length).toBe(storedZipBytes(entries));
      }),
      { numRuns: 40 },
    );
  });

  it('throws if the ZIP would need ZIP64', () => {
    expect(() => storedZipBytes([{ name: 'a', bytes: 2 ** 32, streamed: true }])).toThrow(RangeError);
  });
});
