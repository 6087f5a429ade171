import { randomUUID } from 'node:crypto';
import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OBJECT_STORAGE, type ObjectStorage } from '#libs/storage';
import { Domain } from '../../../../test/support/domain.js';
import { temporaryFolder } from '../../../../test/support/services.js';
import { madeVoice, opusOf, packed, withContent, type MadeVoice } from '../../test/made-archive.js';
import { madeZip, type MadeEntry } from '../../test/made-zip.js';
import { ImportsService } from '../index.js';

let domain: Domain;
let partnerId: string;
const folder = temporaryFolder();
beforeAll(async () => {
  domain = await Domain.open();
  partnerId = await domain.partner();
});
afterAll(async () => {
  await domain.close();
  rmSync(folder, { recursive: true });
});

const request = (): { partnerId: string; name: null; onConflict: 'fail' } => ({
  partnerId,
  name: null,
  onConflict: 'fail',
});
const never = new AbortController().signal;

/** Everything that is left of imports, in storage and in tables. */
async function leftovers(): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { key } of domain.get<ObjectStorage>(OBJECT_STORAGE).list('')) keys.push(key);
  const counts = ['voices', 'jobs', 'events', 'object_removals', 'consents', 'audit_log'].map(
    async (table) => `${table}: ${await domain.count(table)}`,
  );
  return [...keys, ...(await Promise.all(counts))];
}

const voice = madeVoice({ samples: 2, hasOriginal: true, ttsTypes: ['kyutai'], consents: [null] });
const { document } = voice;
const entries = [{ name: 'voice.json', content: Buffer.from(JSON.stringify(document)) }, ...voice.files];
const sample = 'samples/0001.opus';

const changed = (changes: object): Buffer => packed(voice, { document: { ...document, ...changes } });
const text = (pattern: RegExp, by: string): Buffer =>
  packed(voice, { document: JSON.stringify(document).replace(pattern, by) });
const beside = (name: string, content: Buffer = Buffer.from('x')): Buffer => madeZip([...entries, { name, content }]);
/** Changes the headers of a sample. */
const headers = (change: Omit<MadeEntry, 'name' | 'content'>): Buffer =>
  madeZip(entries.map((entry) => (entry.name === sample ? { ...entry, ...change } : entry)));
const holding = (entry: string, content: Buffer): Buffer => packed(withContent(voice, entry, content));
/** Content that the document does not know of. */
const swapped = (entry: string, content: Buffer): Buffer =>
  packed(voice, { files: voice.files.map((file) => (file.name === entry ? { ...file, content } : file)) });
const damaged = (archive: Buffer, at: number): Buffer => {
  const copy = Buffer.from(archive);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};

const right = packed(voice);
const zeros = deflateRawSync(Buffer.alloc(10_000_000));
const bomb: MadeEntry = { name: 'bomb.opus', content: zeros, fields: { method: 8, bytes: 10_000_000 } };
const samplesOf = ({ document: { samples } }: MadeVoice): readonly object[] => samples as readonly object[];
const mp3 = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\0'), Buffer.alloc(5_000, 0x55)]);
const opus = opusOf(1);

describe('ImportsService.start, of a hostile archive', () => {
  it.each<[string, () => Buffer, RegExp]>([
    // What is no archive of a voice.
    ['nothing', () => Buffer.alloc(0), /^The file is empty$/],
    ['a recording', () => opus, /^The file is not a ZIP archive$/],
    ['an archive without files', () => madeZip([]), /^The archive has no voice\.json$/],
    [
      'an archive of something else',
      () => madeZip([{ name: 'a.txt', content: Buffer.from('a') }]),
      /has no voice\.json$/,
    ],
    ['a truncated archive', () => right.subarray(0, -30), /^The archive is cut off, or has bytes after its end$/],
    ['an archive cut in its middle', () => right.subarray(0, right.length / 2), /^The archive is cut off/],
    ['an archive with bytes after it', () => Buffer.concat([right, Buffer.alloc(9)]), /^The archive is cut off/],
    ['an archive behind a program', () => Buffer.concat([Buffer.from('MZ'), right]), /^The file is not a ZIP archive$/],
    // Zip slip, links, duplicates.
    [
      'a path that leaves the archive',
      () => beside('../../etc/passwd'),
      /^"\.\.\/\.\.\/etc\/passwd" is not a name that Timbre exports$/,
    ],
    ['an absolute path', () => beside('/etc/passwd'), /is not a name that Timbre exports$/],
    ['a path of Windows', () => beside('..\\..\\x'), /is not a name that Timbre exports$/],
    ['a symbolic link', () => headers({ fields: { mode: 0o120777 } }), /^samples\/0001\.opus is not a plain file$/],
    ['a duplicate', () => madeZip([...entries, ...voice.files]), /^The archive has .* more than once$/],
    ['a second voice.json', () => beside('VOICE.JSON'), /^The archive has VOICE\.JSON more than once$/],
    ['a file that nothing names', () => beside('samples/0099.opus'), /^samples\/0099\.opus is not in voice\.json$/],
    ['10,000 files', () => madeZip([...entries, ...many(10_000)]), /^files\/0\.opus is not in voice\.json$/],
    ['30,000 files', () => madeZip(many(30_000)), /^The archive may have at most 20001 files$/],
    // Bombs.
    ['a bomb', () => madeZip([...entries, bomb]), /^bomb\.opus is compressed; exports are not$/],
    ['a bomb of bombs', () => beside('bomb.zip', Buffer.from(madeZip([bomb]))), /^bomb\.zip is not in voice\.json$/],
    ['entries that share their bytes', () => overlapping(), /^There are bytes before .* that belong to no file$/],
    [
      'a size of 1 TiB',
      () => headers({ zip64: true, fields: { bytes: 2 ** 40, stored: 2 ** 40 } }),
      /is longer than the archive$/,
    ],
    ['a count of 2^40', () => madeZip(entries, { zip64: true, count: 2 ** 40 }), /may have at most 20001 files$/],
    ['a voice.json of 9 MB', () => packed(voice, { document: ' '.repeat(9e6) }), /^voice\.json is too large$/],
    // Checksums and encryption.
    [
      'a wrong CRC-32',
      () => damaged(right, right.indexOf('embedding kyutai 1')),
      /^embeddings\/kyutai\/0001\.safetensors is damaged: its CRC-32 is wrong$/,
    ],
    [
      'a wrong SHA-256',
      () => swapped('samples/0001.opus', opusOf(1, undefined, 99)),
      /^samples\/0001\.opus is damaged: its SHA-256 is not that of voice\.json$/,
    ],
    [
      'a file of another size',
      () => swapped('samples/0001.opus', opusOf(2)),
      /^samples\/0001\.opus has \d+ bytes, and not \d+ as voice\.json says$/,
    ],
    ['a file that is missing', () => packed(voice, { files: voice.files.slice(1) }), /^original\.opus is missing$/],
    ['encryption', () => headers({ fields: { flags: 1 } }), /^samples\/0001\.opus is encrypted$/],
    // No audio.
    [
      'text for a sample',
      () => holding(sample, Buffer.from('no audio')),
      /^samples\/0001\.opus is not Ogg Opus as Timbre writes it$/,
    ],
    ['MP3 for a sample', () => holding(sample, mp3), /^samples\/0001\.opus is not Ogg Opus as Timbre writes it$/],
    ['half a sample', () => holding(sample, opus.subarray(0, opus.length / 2)), /^samples\/0001\.opus is not Ogg Opus/],
    [
      'an original with a bit flipped',
      () => holding('original.opus', damaged(opusOf(20), 1_000)),
      /^original\.opus is not Ogg Opus/,
    ],
    [
      'MP3 for a test sample',
      () => holding('test-samples/kyutai/0002_1.opus', mp3),
      /^test-samples\/kyutai\/0002_1\.opus is not Ogg Opus$/,
    ],
    ['a sample of six minutes', () => holding(sample, opusOf(360)), /^samples\/0001\.opus is longer than 300 s$/],
    // voice.json.
    ['no JSON', () => packed(voice, { document: '{' }), /^voice\.json is not JSON in UTF-8$/],
    ['a list', () => packed(voice, { document: [] }), /^voice\.json must be an object$/],
    [
      'another format',
      () => changed({ format: 2 }),
      /^voice\.json has a format that this Timbre does not read: only 1$/,
    ],
    ['an unknown field', () => changed({ admin: true }), /^voice\.json has the unknown field "admin"$/],
    ['a missing field', () => text(/"language":"en",/, ''), /^voice\.json lacks the field "language"$/],
    ['a name with a slash', () => changed({ name: '../x' }), /^voice\.json\.name must be a name that voices may have$/],
    ['a name that is a number', () => changed({ name: 7 }), /^voice\.json\.name must be text/],
    ['labels of a list', () => changed({ labels: ['a'] }), /^voice\.json\.labels must be an object$/],
    ['a prototype', () => text(/"labels":\{/, '"labels":{"__proto__":{"a":1},'), /^voice\.json\.labels must be labels/],
    [
      'an infinite number',
      () => text(/"duration":20/, '"duration":1e999'),
      /^voice\.json\.original\.duration must be a number/,
    ],
    [
      'a negative index',
      () => text(/"index":2/, '"index":-2'),
      /^voice\.json\.samples\[1\]\.index must be a whole number/,
    ],
    ['NUL in a text', () => changed({ creator_name: 'a\0b' }), /^voice\.json\.creator_name /],
    [
      'half a character',
      () => text(/"creator_name":"[^"]*"/, '"creator_name":"\\ud800"'),
      /^voice\.json\.creator_name /,
    ],
    [
      'a status in progress',
      () => changed({ status: { splitting: 'in_progress', embedding: 'idle' } }),
      /^voice\.json\.status\.splitting must be/,
    ],
    [
      'two samples of one index',
      () => changed({ samples: samplesOf(voice).map((each) => ({ ...each, index: 1 })) }),
      /^voice\.json\.samples\[1\] is a duplicate or out of order$/,
    ],
    [
      'an entry with another name',
      () => text(/"entry":"original\.opus"/, '"entry":"samples/0001.opus"'),
      /^voice\.json\.original\.file\.entry must be original\.opus$/,
    ],
    ['JSON that is deep', () => packed(voice, { document: '['.repeat(8e6) }), /^voice\.json has more than 8 levels/],
    ['JSON of many objects', () => packed(voice, { document: '{},'.repeat(2e6) }), /^voice\.json has too many values$/],
    [
      'a date in the future',
      () => changed({ created_at: '2099-01-01T00:00:00Z' }),
      /^voice\.json\.created_at must not be in the future$/,
    ],
    [
      'hours of silence',
      () => text(/"duration":0.5/g, '"duration":90000'),
      /^The archive has 360022 s of audio; at most 344400 s can be imported$/,
    ],
  ])('refuses %s, and leaves nothing', async (_, archive, sentence) => {
    const before = await leftovers();
    const content = archive();
    const file = path.join(folder, randomUUID());
    writeFileSync(file, content);
    const refused = domain.get(ImportsService).start(request(), { path: file, bytes: content.length }, never);
    await expect(refused).rejects.toMatchObject({
      code: 'invalid_archive',
      status: 422,
      message: expect.stringMatching(sentence),
    });
    expect(await leftovers()).toEqual(before);
  });

  it('refuses 2 GiB of padding without reading it', async () => {
    const before = await leftovers();
    const [gap, size] = [2 * 1024 ** 3, right.length];
    const file = path.join(folder, randomUUID());
    const end = { start: directoryAt(right) + gap };
    const tail = packed(voice, { end }).subarray(directoryAt(right));
    writeFileSync(file, right.subarray(0, directoryAt(right)));
    truncateSync(file, directoryAt(right) + gap); // takes no space on disk
    const handle = await open(file, 'r+');
    await handle.write(tail, 0, tail.length, directoryAt(right) + gap);
    await handle.close();
    const refused = domain.get(ImportsService).start(request(), { path: file, bytes: size + gap }, never);
    const message = 'There are bytes after the last file that belong to no file';
    await expect(refused).rejects.toMatchObject({ code: 'invalid_archive', message });
    expect(await leftovers()).toEqual(before);
  });
});

const many = (count: number): MadeEntry[] =>
  Array.from({ length: count }, (_, at) => ({ name: `files/${at}.opus`, content: Buffer.alloc(0) }));

const directoryAt = (archive: Buffer): number => archive.readUInt32LE(archive.length - 6);

/** All entries of the directory are the first one, under other names. */
function overlapping(): Buffer {
  const copies = Array.from({ length: 5 }, (_, at) => ({ name: `samples/000${at + 1}.opus`, content: opus }));
  return madeZip(copies.map((entry, at) => (at === 0 ? entry : { ...entry, central: { offset: 0 } })));
}
