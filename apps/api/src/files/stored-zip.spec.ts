import { execFile } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { zipEntries } from '../../../../test/support/zip-entries.js';
import { partsOf, storedZip, type StoredZip, type ZipFile } from './stored-zip.js';
import { storedZipBytes } from './zip-size.js';

const run = promisify(execFile);
const date = new Date('2026-11-29T17:20:31Z');

const fileOf = (name: string, content: Buffer): ZipFile => ({
  name,
  bytes: content.length,
  crc32: crc32(content),
  content,
});

/** Archives with unique names, and contents of 0 to 300 bytes. */
const someFiles = fc
  .uniqueArray(
    fc.tuple(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), fc.uint8Array({ maxLength: 300 })),
    {
      maxLength: 6,
      selector: ([name]) => name,
    },
  )
  .map((files) => files.map(([name, content]) => fileOf(name, Buffer.from(content))));

/** Returns a range of an archive whose contents are all in memory. */
const bytesOf = (zip: StoredZip, start = 0, end = zip.bytes - 1): Buffer =>
  Buffer.concat(
    partsOf(zip, { start, end }).map(({ content, range }) => (content as Buffer).subarray(range.start, range.end + 1)),
  );

/** Joins the pieces between two objects, so that they are written at once. */
function runsOf({ pieces }: StoredZip): { readonly content: Buffer; readonly start: number }[] {
  const runs: { readonly start: number; readonly parts: Buffer[]; end: number }[] = [];
  for (const { content, start } of pieces) {
    if (!(content instanceof Buffer)) continue;
    const last = runs.at(-1);
    if (last?.end === start) last.parts.push(content);
    else runs.push({ start, parts: [content], end: start });
    runs.at(-1)!.end = start + content.length;
  }
  return runs.map(({ start, parts }) => ({ start, content: Buffer.concat(parts) }));
}

/** Writes an archive to a file, without the contents that are objects: those read as zeros. */
async function inFile(zip: StoredZip, use: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'timbre-zip-'));
  try {
    const file = path.join(folder, 'archive.zip');
    const handle = await open(file, 'w');
    for (const { content, start } of runsOf(zip)) await handle.write(content, 0, content.length, start);
    await handle.close();
    await use(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Runs a tool that understands ZIP. Does nothing if the machine lacks it. @returns what it has written */
async function judge(tool: string, ...args: readonly string[]): Promise<string | null> {
  try {
    return (await run(tool, args, { maxBuffer: 64 * 1024 ** 2 })).stdout;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

describe('storedZip', () => {
  it('plans an archive that contains exactly the files', () => {
    fc.assert(
      fc.property(someFiles, (files) => {
        const zip = storedZip(files, date);
        const whole = bytesOf(zip);
        expect(whole.length).toBe(zip.bytes);
        expect([...zipEntries(whole)]).toEqual(files.map(({ name, content }) => [name, content]));
      }),
    );
  });

  it('has the size that archiver gives the same files', () => {
    fc.assert(
      fc.property(someFiles, (files) => {
        const entries = files.map(({ name, bytes }) => ({ name, bytes, streamed: false }));
        expect(storedZip(files, date).bytes).toBe(storedZipBytes(entries));
      }),
    );
  });

  it('is accepted by other tools, with names in UTF-8 and the date in UTC', async () => {
    const files = [
      fileOf('manifest.json', Buffer.from('{"version":2}\n')),
      fileOf('embeddings/12.safetensors', Buffer.alloc(100_000, 'abc')),
      fileOf('ü日.txt', Buffer.from('x')),
      fileOf('empty', Buffer.alloc(0)),
    ];
    await inFile(storedZip(files, date), async (file) => {
      const tested = await judge('unzip', '-t', file);
      expect(tested ?? 'No errors detected').toContain('No errors detected');
      const script =
        'import json, sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); ' +
        'print(json.dumps([z.testzip(), z.namelist(), list(z.infolist()[0].date_time)]))';
      const read = await judge('python3', '-c', script, file);
      const expected = [null, files.map(({ name }) => name), [2026, 11, 29, 17, 20, 30]];
      expect(JSON.parse(read ?? JSON.stringify(expected))).toEqual(expected);
    });
  });

  it('finds files behind 4 GiB by ZIP64 records', async () => {
    const large = { bytes: 2 ** 32 - 2, crc32: 0, content: 'an object' };
    const last = fileOf('last', Buffer.from('behind 4 GiB'));
    const zip = storedZip(
      [{ ...large, name: 'a' }, last, { ...large, name: 'b' }, fileOf('end', last.content as Buffer)],
      date,
    );
    expect(zip.bytes).toBeGreaterThan(2 ** 33);
    const signatures = [bytesOf(zip, zip.bytes - 22), bytesOf(zip, zip.bytes - 42), bytesOf(zip, zip.bytes - 98)];
    expect(signatures.map((record) => record.readUInt32LE(0))).toEqual([0x06054b50, 0x07064b50, 0x06064b50]);
    await inFile(zip, async (file) => {
      for (const name of ['last', 'end']) {
        expect((await judge('unzip', '-p', file, name)) ?? 'behind 4 GiB').toBe('behind 4 GiB');
        const script = 'import sys, zipfile; print(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]).decode(), end="")';
        expect((await judge('python3', '-c', script, file, name)) ?? 'behind 4 GiB').toBe('behind 4 GiB');
      }
    });
  });

  it('counts 65,535 files and more by ZIP64 records', async () => {
    const files = (count: number): ZipFile[] =>
      Array.from({ length: count }, (_, at) => fileOf(String(at), Buffer.alloc(0)));
    const small = storedZip(files(65_534), date);
    expect(bytesOf(small, small.bytes - 98).includes('PK\x06\x06')).toBe(false);
    const script = 'import sys, zipfile; print(len(zipfile.ZipFile(sys.argv[1]).namelist()))';
    const zip = storedZip(files(65_535), date);
    const zip64End = bytesOf(zip, zip.bytes - 98);
    expect([zip64End.readUInt32LE(0), zip64End.readBigUInt64LE(32)]).toEqual([0x06064b50, 65_535n]);
    await inFile(zip, async (file) => {
      expect(((await judge('python3', '-c', script, file)) ?? '65535').trim()).toBe('65535');
    });
  });

  it('throws for a file of 4 GiB', () => {
    const file = { name: 'a', bytes: 2 ** 32 - 1, crc32: 0, content: 'an object' };
    expect(() => storedZip([file], date)).toThrow(RangeError);
  });
});

describe('partsOf', () => {
  it('returns for every range the slice of the whole', () => {
    fc.assert(
      fc.property(someFiles, fc.nat(), fc.nat(), (files, one, other) => {
        const zip = storedZip(files, date);
        const [start, end] = [one % zip.bytes, other % zip.bytes].sort((a, b) => a - b) as [number, number];
        expect(bytesOf(zip, start, end).equals(bytesOf(zip).subarray(start, end + 1))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('returns no part of an object that a range does not touch', () => {
    const object = (name: string): ZipFile => ({ name, bytes: 1000, crc32: 0, content: `key of ${name}` });
    const zip = storedZip([object('a'), object('b'), object('c')], date);
    const second = zip.pieces.find(({ content }) => content === 'key of b')!;
    const range = { start: second.start + 10, end: second.start + 19 };
    expect(partsOf(zip, range)).toEqual([{ content: 'key of b', range: { start: 10, end: 19 } }]);
  });
});
