import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isAppError } from '#libs/errors';
import { madeZip, type MadeEnd, type MadeEntry } from '../../test/made-zip.js';
import type { ByteSource } from './byte-source.js';
import { verifiedContent } from './zip-content.js';
import { readZipDirectory, type ZipEntry } from './zip-directory.js';

const limits = { maxEntries: 100, maxNameBytes: 50 };

function sourceOf(archive: Buffer): ByteSource {
  return {
    bytes: archive.length,
    read: async (start, length) => {
      if (start < 0 || length < 0 || start + length > archive.length) throw new RangeError('outside of the archive');
      return archive.subarray(start, start + length);
    },
  };
}

const open = (archive: Buffer): Promise<readonly ZipEntry[]> => readZipDirectory(sourceOf(archive), limits);

const text = (name: string, content = `content of ${name}`): MadeEntry => ({ name, content: Buffer.from(content) });
const [first, second] = [text('voice.json'), text('samples/0001.opus')];
const right = madeZip([first, second]);

async function contents(archive: Buffer): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await open(archive)) {
    const pieces: Buffer[] = [];
    for await (const piece of verifiedContent(sourceOf(archive), entry, null)) pieces.push(piece);
    found[entry.name] = Buffer.concat(pieces).toString();
  }
  return found;
}

const both = { 'voice.json': 'content of voice.json', 'samples/0001.opus': 'content of samples/0001.opus' };

describe('readZipDirectory', () => {
  it('reads stored entries, with and without ZIP64 records', async () => {
    expect(await contents(right)).toEqual(both);
    expect(await contents(madeZip([first, { ...second, zip64: true }], { zip64: true }))).toEqual(both);
    expect(await contents(madeZip([first, second], { zip64: true }))).toEqual(both);
    expect(await open(madeZip([]))).toEqual([]);
  });

  it('gives the entries in the order of their contents', async () => {
    const entries = await open(right);
    expect(entries.map(({ name }) => name)).toEqual(['voice.json', 'samples/0001.opus']);
    expect(entries[0]?.start).toBe(30 + 'voice.json'.length);
  });

  const lie = (entry: MadeEntry, changed: Omit<MadeEntry, 'name' | 'content'>): Buffer =>
    madeZip([first, { ...entry, ...changed }]);
  const named = (name: string): Buffer => madeZip([first, text(name)]);
  const ended = (end: MadeEnd): Buffer => madeZip([first, second], end);
  const extra = Buffer.from('55540500010000000001'.slice(0, 18), 'hex');

  it.each<[string, Buffer, RegExp]>([
    ['an empty file', Buffer.alloc(0), /^The file is empty$/],
    ['another file', Buffer.from('RIFF....WAVE'), /^The file is not a ZIP archive$/],
    ['two bytes', Buffer.from('PK'), /^The file is not a ZIP archive$/],
    ['a truncated archive', right.subarray(0, -1), /^The archive is cut off/],
    ['its first half', right.subarray(0, right.length / 2), /^The archive is cut off/],
    ['bytes after the end', Buffer.concat([right, Buffer.alloc(100)]), /^The archive is cut off/],
    ['a comment', ended({ comment: Buffer.from('hi') }), /^The archive is cut off, or has bytes after its end$/],
    ['a part of several', ended({ disk: 1 }), /^The archive is split into several files$/],
    ['a wrong count', ended({ count: 1 }), /^The directory of the archive is malformed$/],
    ['too high a count', ended({ count: 3 }), /^The directory of the archive is malformed$/],
    ['a wrong start', ended({ start: 3 }), /^The end of the archive contradicts itself$/],
    ['a directory beyond the end', ended({ start: 0xfffffff0 }), /^The end of the archive contradicts itself$/],
    ['a wrong size of the directory', ended({ bytes: 7 }), /^The end of the archive contradicts itself$/],
    ['ZIP64 records that are missing', ended({ count: 0xffff }), /^The end of the archive contradicts itself$/],
    ['ZIP64 that lies', ended({ zip64: true, start: 2 ** 60 }), /^The end of the archive contradicts itself$/],
    [
      'too many entries',
      madeZip(Array.from({ length: 101 }, (_, at) => text(`f${at}`))),
      /may have at most 100 files$/,
    ],
    ['too many by ZIP64', ended({ zip64: true, count: 2 ** 40 }), /may have at most 100 files$/],
    ['an absolute path', named('/etc/passwd'), /^"\/etc\/passwd" is not a name that Timbre exports$/],
    ['a path that leaves', named('a/../../b'), /is not a name that Timbre exports$/],
    ['a path of Windows', named('C:\\x'), /is not a name that Timbre exports$/],
    ['a backslash', named('a\\..\\b'), /is not a name that Timbre exports$/],
    ['a folder', named('samples/'), /is not a name that Timbre exports$/],
    ['an empty name', named(''), /is not a name that Timbre exports$/],
    ['a name with NUL', named('a\0b'), /is not a name that Timbre exports$/],
    ['a name beyond ASCII', named('ä'), /is not a name that Timbre exports$/],
    ['a long name', named('a'.repeat(51)), /^a+ has a name of more than 50 bytes$/],
    ['a duplicate', madeZip([first, second, second]), /^The archive has samples\/0001\.opus more than once$/],
    ['a duplicate in capitals', madeZip([first, text('VOICE.json')]), /^The archive has .* more than once$/],
    ['encryption', lie(second, { fields: { flags: 1 } }), /^samples\/0001\.opus is encrypted$/],
    ['compression', lie(second, { fields: { method: 8 } }), /^samples\/0001\.opus is compressed; exports are not$/],
    ['a data descriptor', lie(second, { fields: { flags: 8 } }), /has no size in its header$/],
    ['strong encryption', lie(second, { fields: { flags: 0x41 } }), /is encrypted$/],
    ['a patch', lie(second, { fields: { flags: 32 } }), /uses features of ZIP that exports do not use$/],
    ['a later version', lie(second, { fields: { version: 63 } }), /uses features of ZIP that exports do not use$/],
    ['a symbolic link', lie(second, { fields: { mode: 0o120777 } }), /^samples\/0001\.opus is not a plain file$/],
    ['a device', lie(second, { fields: { mode: 0o060777 } }), /is not a plain file$/],
    ['an extra field', lie(second, { fields: { extra } }), /has extra fields that exports do not have$/],
    ['a comment of an entry', lie(second, { central: { comment: Buffer.from('x') } }), /has a comment$/],
    ['two names', lie(second, { central: { name: 'samples/0002.opus' } }), /has two headers that differ$/],
    ['two checksums', lie(second, { central: { crc32: 1 } }), /has two headers that differ$/],
    ['two sizes', lie(second, { fields: { stored: 3 } }), /has two sizes$/],
    ['two headers with other sizes', lie(second, { central: { bytes: 3, stored: 3 } }), /has two headers that differ$/],
    ['a size beyond the archive', lie(second, { fields: { bytes: 1e9, stored: 1e9 } }), /is longer than the archive$/],
    ['a gap', lie(second, { before: Buffer.alloc(9) }), /^There are bytes before samples\/0001\.opus/],
    [
      'padding at the start',
      madeZip([{ ...first, before: Buffer.from('PK\x03\x04') }]),
      /^There are bytes before voice\.json/,
    ],
    ['padding at the end', lie(second, { fields: { bytes: 1, stored: 1 } }), /^There are bytes after the last file/],
    [
      'two entries at one place',
      lie(second, { central: { offset: 0 } }),
      /^There are bytes before|two headers that differ$/,
    ],
  ])('refuses %s', async (_, archive, sentence) => {
    const refused = expect(open(archive)).rejects;
    await refused.toMatchObject({ code: 'invalid_archive', status: 422, message: expect.stringMatching(sentence) });
  });

  it('refuses any damage with a sentence, or reads the same', async () => {
    const zip64 = madeZip([first, { ...second, zip64: true }], { zip64: true });
    const damage = fc.record({
      of: fc.constantFrom(right, zip64),
      at: fc.nat(zip64.length - 1),
      byte: fc.nat(255),
      cut: fc.option(fc.nat(zip64.length), { freq: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ of, at, byte, cut }) => {
        const archive = Buffer.from(of.subarray(0, cut ?? of.length));
        if (at < archive.length) archive[at] = byte;
        try {
          expect(await contents(archive)).toEqual(both);
        } catch (error) {
          if (!isAppError(error, 'invalid_archive')) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('verifiedContent', () => {
  const read = async (archive: Buffer, sha256: string | null): Promise<void> => {
    for (const entry of await open(archive)) {
      for await (const piece of verifiedContent(sourceOf(archive), entry, sha256))
        expect(piece.length).toBeGreaterThan(0);
    }
  };

  it('throws at the end if the CRC-32 is wrong', async () => {
    const damaged = Buffer.from(right);
    damaged.write('C', right.indexOf('content of samples'));
    const sentence = 'samples/0001.opus is damaged: its CRC-32 is wrong';
    await expect(read(damaged, null)).rejects.toMatchObject({ code: 'invalid_archive', message: sentence });
  });

  it('throws at the end if the SHA-256 is wrong', async () => {
    const sentence = 'voice.json is damaged: its SHA-256 is not that of voice.json';
    await expect(read(right, 'ab'.repeat(32))).rejects.toMatchObject({ code: 'invalid_archive', message: sentence });
  });
});
