import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { zipEntries } from '../../support/zip-entries.js';
import type { Contract } from '../../support/openapi-client.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { storedKeys } from '../../support/test-storage.js';
import { bytesOf, details, type Details } from '../../support/voices.js';
import { waitFor } from '../../support/wait-for.js';
import { instantContract } from './emulated.js';
import { addSample, emptyVoice, finished, said, toneVoice, voiceOfSamples, without } from './made-voices.js';
import { sql } from './sql.js';
import { toneForm } from './tone.js';

let contract: Contract;
let partner: TestPartner;

beforeAll(async () => {
  ({ contract, partner } = await instantContract());
});

const indexes = (voice: Details): number[] => voice.samples.map(({ index }) => index);

describe('POST samples', () => {
  it('converts the audio before it responds, and never uses an index again', async () => {
    await emptyVoice(partner, 'indexes');
    const route = partner.route('indexes');
    const made = await partner.http.post(`${route}/samples`, toneForm(2.5));
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      index: 1,
      source_timestamp: null,
      start: null,
      duration: 2.5,
      quality: expect.any(Object),
    });
    const location = made.headers.get('location') ?? '';
    expect(location).toBe(`/api${route}/samples/1`);
    const audio = await bytesOf(partner, location.replace(/^\/api/, ''));
    expect(audio.subarray(0, 4).toString()).toBe('OggS');
    expect(audio.subarray(28, 36).toString()).toBe('OpusHead');

    expect([await addSample(partner, 'indexes'), await addSample(partner, 'indexes')]).toEqual([2, 3]);
    expect((await partner.http.delete(`${route}/samples/3`)).status).toBe(204);
    expect((await partner.http.get(`${route}/samples/3`)).status).toBe(404);
    expect(await addSample(partner, 'indexes')).toBe(4);
    const voice = await details(partner, 'indexes');
    expect(indexes(voice)).toEqual([1, 2, 4]);
    expect(voice.status).toEqual({ splitting: 'idle', embedding: 'idle' });
  });

  it('marks the embedding stale, and so does DELETE', async () => {
    await voiceOfSamples(partner, 'stale', 2);
    const isStale = async (): Promise<boolean | undefined> => (await details(partner, 'stale')).embedding_info?.stale;
    await finished(partner, 'stale', 'embed');
    expect(await isStale()).toBe(false);
    await addSample(partner, 'stale');
    expect(await isStale()).toBe(true);
    await finished(partner, 'stale', 'embed');
    expect(await isStale()).toBe(false);
    await partner.http.delete(`${partner.route('stale')}/samples/2`);
    expect(await isStale()).toBe(true);
  });

  it('refuses a file that is not audio and leaves the voice unchanged', async () => {
    await emptyVoice(partner, 'refused');
    const form = new FormData();
    form.set('file', new Blob(['This is text.']), 'text.wav');
    const answer = await partner.http.post(`${partner.route('refused')}/samples`, form);
    expect(said(answer).status).toBe(422);
    expect(said(answer).detail).toMatch(/audio/);
    const short = await partner.http.post(`${partner.route('refused')}/samples`, toneForm(0.4));
    expect(said(short).detail).toMatch(/1 second/);
    expect((await details(partner, 'refused')).samples).toEqual([]);
    expect(await addSample(partner, 'refused')).toBe(1);
  });
});

describe('GET samples-bundle', () => {
  it('returns every sample and voice_info.json in exactly Content-Length bytes', async () => {
    const name = 'bündle 日本';
    const voice = await toneVoice(partner, name);
    await addSample(partner, name);
    await partner.http.delete(`${partner.route(name)}/samples/1`);
    const response = await partner.http.fetch(`${partner.route(name)}/samples-bundle`);
    const zip = Buffer.from(await response.arrayBuffer());
    expect(Number(response.headers.get('content-length'))).toBe(zip.length);
    expect(response.headers.get('content-disposition')).toContain(
      `filename*=UTF-8''${encodeURIComponent(`${name}-samples.zip`)}`,
    );

    const entries = zipEntries(zip);
    expect([...entries.keys()].sort()).toEqual(['2.opus', '3.opus', 'voice_info.json']);
    for (const index of [2, 3]) {
      const sample = await bytesOf(partner, `${partner.route(name)}/samples/${index}`);
      expect(entries.get(`${index}.opus`)?.equals(sample)).toBe(true);
    }
    const now = without(await details(partner, name), 'embedding_zip_url');
    expect(JSON.parse(entries.get('voice_info.json')?.toString() ?? '')).toEqual(now);
    expect(voice.samples).toHaveLength(2);
    unzipAgrees(zip, [...entries.keys()]);
  });

  it('returns voice_info.json alone for a voice without samples', async () => {
    await emptyVoice(partner, 'bare');
    const zip = await bytesOf(partner, `${partner.route('bare')}/samples-bundle`);
    expect([...zipEntries(zip).keys()]).toEqual(['voice_info.json']);
  });

  /** Checks the archive with Info-ZIP's unzip, if it is installed. */
  function unzipAgrees(zip: Buffer, names: readonly string[]): void {
    const folder = mkdtempSync(path.join(tmpdir(), 'bundle-'));
    try {
      const file = path.join(folder, 'bundle.zip');
      writeFileSync(file, zip);
      execFileSync('unzip', ['-tq', file]);
      execFileSync('unzip', ['-q', file, '-d', path.join(folder, 'out')]);
      expect(readdirSync(path.join(folder, 'out')).sort()).toEqual([...names].sort());
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
});

describe('GET sample audio', () => {
  let audio: Buffer;
  let tag: string;
  let route: string;
  beforeAll(async () => {
    await voiceOfSamples(partner, 'Stimme „ü“ 🎙', 1);
    route = `${partner.route('Stimme „ü“ 🎙')}/samples/1`;
    const whole = await partner.http.fetch(route);
    audio = Buffer.from(await whole.arrayBuffer());
    tag = whole.headers.get('etag') ?? '';
    expect(whole.headers.get('content-type')).toBe('audio/ogg');
    expect(whole.headers.get('content-disposition')).toContain(
      `filename*=UTF-8''${encodeURIComponent('Stimme „ü“ 🎙-1.opus')}`,
    );
    expect(tag).toBe(`"${createHash('sha256').update(audio).digest('hex')}"`);
  });

  const get = (headers: Record<string, string>, method = 'GET'): Promise<Response> =>
    partner.http.fetch(route, { method, headers });

  it.each([
    ['bytes=0-3', 0, 4],
    ['bytes=4-', 4, undefined],
    ['bytes=-5', -5, undefined],
    ['bytes=0-999999999', 0, undefined],
  ])('returns a part for Range %s', async (range, start, end) => {
    const response = await get({ Range: range });
    expect(response.status).toBe(206);
    const part = Buffer.from(await response.arrayBuffer());
    expect(part.equals(audio.subarray(start, end))).toBe(true);
    const first = start < 0 ? audio.length + start : start;
    expect(response.headers.get('content-range')).toBe(`bytes ${first}-${first + part.length - 1}/${audio.length}`);
  });

  it.each([
    ['refuses a range beyond the end', { Range: 'bytes=99999999-' }, 416],
    ['refuses a range of no bytes', { Range: 'bytes=-0' }, 416],
    ['returns the whole file for several ranges', { Range: 'bytes=0-0,2-2' }, 200],
    ['returns the whole file for another range unit', { Range: 'seconds=0-1' }, 200],
    ['returns the whole file if If-Range names another version', { Range: 'bytes=0-0', 'If-Range': '"other"' }, 200],
    ['returns the whole file if If-None-Match names another tag', { 'If-None-Match': '"other"' }, 200],
    ['returns 304 for If-None-Match: *', { 'If-None-Match': '*' }, 304],
  ])('%s', async (_what, headers, status) => {
    const response = await get(headers);
    expect(response.status).toBe(status);
    const { length } = Buffer.from(await response.arrayBuffer());
    if (status === 200) expect(length).toBe(audio.length);
  });

  it('returns 304 for its own tag, even with a range', async () => {
    for (const headers of [{ 'If-None-Match': tag }, { 'If-None-Match': `"a", W/${tag}` }]) {
      const response = await get({ ...headers, Range: 'bytes=0-0' });
      expect([response.status, response.headers.get('etag')]).toEqual([304, tag]);
    }
    expect((await get({ Range: 'bytes=0-0', 'If-Range': tag })).status).toBe(206);
  });

  it('answers HEAD like GET, without a body and without ranges', async () => {
    const head = await get({ Range: 'bytes=0-0' }, 'HEAD');
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(audio.length)]);
    expect((await head.arrayBuffer()).byteLength).toBe(0);
    expect((await get({ 'If-None-Match': tag }, 'HEAD')).status).toBe(304);
  });
});

describe('DELETE voice', () => {
  it('invalidates its signed URLs at once and removes its objects within 60 s', async () => {
    await toneVoice(partner, 'gone');
    const [row] = await sql<{ id: string }>(
      contract.stack,
      `SELECT v.id FROM voices v JOIN partners p ON p.id = v.partner_id WHERE p.name = $1 AND v.name = 'gone'`,
      [partner.name],
    );
    const url = (await details(partner, 'gone')).embedding_zip_url ?? '';
    expect((await fetch(url)).status).toBe(200);
    const kept = async (): Promise<boolean> =>
      (await storedKeys(contract.stack, `voices/${row?.id ?? '-'}/`)).length > 0;
    expect(await kept()).toBe(true);
    expect((await partner.http.delete(partner.route('gone'))).status).toBe(204);
    expect((await fetch(url)).status).toBe(404);
    await waitFor('the removal of its objects', async () => !(await kept()), { timeoutMs: 60_000, everyMs: 200 });
  }, 90_000);
});
