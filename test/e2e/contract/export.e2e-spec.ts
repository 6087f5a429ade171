import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { documentEntry } from '../../../libs/transfer/src/entry-names.js';
import { filesOf } from '../../../libs/transfer/src/document-files.js';
import { parseDocument } from '../../../libs/transfer/src/parse-document.js';
import type { VoiceDocument } from '../../../libs/transfer/src/voice-document.js';
import { temporaryFolder } from '../../support/audio-measure.js';
import type { Contract } from '../../support/openapi-client.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { storageOf } from '../../support/test-storage.js';
import { bytesOf, details } from '../../support/voices.js';
import { zipEntries } from '../../support/zip-entries.js';
import { behave, instantContract } from './emulated.js';
import { addSample, emptyVoice, finished, said, toneVoice } from './made-voices.js';
import { ofExport } from './refusal-tables.js';
import { sql } from './sql.js';
import { toneForm, toneWav } from './tone.js';

const run = promisify(execFile);

const voice = 'Export ü 日本 🎙';

let contract: Contract;
let partner: TestPartner;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  [{ contract, partner }, folder] = await Promise.all([instantContract(), temporaryFolder()]);
  await toneVoice(partner, voice);
  const consent = { statement: 'I agree.', language: 'en', granted_by: 'Zoë', method: 'recorded' };
  await partner.http.post(`${partner.route(voice)}/consent`, toneForm(2, consent, 'ja "é".WAV'));
  await addSample(partner, voice);
});
afterAll(() => folder.remove());

const routeOf = (name: string): string => `${partner.route(name)}/export`;
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const hasTools = ['jq', 'unzip'].every((tool) => spawnSync(tool, ['--help']).status === 0);
if (!hasTools) console.warn('The lines of docs/moving.md are not tested: jq or unzip is not installed');

/** Returns the shell lines of docs/moving.md that open an archive and check its files. */
function checkingLines(): string {
  const lines = readFileSync('docs/moving.md', 'utf8')
    .split('```sh\n')
    .find((text) => text.startsWith('unzip '));
  expect(lines).toContain('sha256sum');
  return (lines ?? '').split('```')[0] ?? '';
}

interface Exported {
  readonly zip: Buffer;
  readonly entries: ReadonlyMap<string, Buffer>;
  readonly document: VoiceDocument;
}

async function exported(name: string): Promise<Exported> {
  const zip = await bytesOf(partner, routeOf(name));
  const entries = zipEntries(zip);
  return { zip, entries, document: parseDocument(entries.get(documentEntry) ?? Buffer.alloc(0)) };
}

describe('GET export', () => {
  it('returns everything about a voice, with the hash of every file', async () => {
    const answer = await partner.http.fetch(routeOf(voice));
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/zip']);
    expect(answer.headers.get('content-disposition')).toContain(`filename*=UTF-8''${encodeURIComponent(voice)}.zip`);
    const zip = Buffer.from(await answer.arrayBuffer());
    expect(zip.length).toBe(Number(answer.headers.get('content-length')));

    const entries = zipEntries(zip);
    const document = parseDocument(entries.get(documentEntry) ?? Buffer.alloc(0));
    const files = filesOf(document);
    expect([...entries.keys()]).toEqual([documentEntry, ...files.map(({ entry }) => entry)]);
    for (const { entry, file } of files) {
      const bytes = entries.get(entry) ?? Buffer.alloc(0);
      expect([entry, bytes.length, sha256(bytes)]).toEqual([entry, file.bytes, file.sha256]);
    }
    const shown = await details(partner, voice);
    expect(document).toMatchObject({
      name: voice,
      status: shown.status,
      original: { uploaded_name: shown.original_uploaded_name },
      embeddings: [{ tts_type: 'kyutai', stale: true, run: { engine: shown.embedding_info?.engine, language: 'en' } }],
      consents: [{ granted_by: 'Zoë', file: { name: 'ja "é".WAV' }, recording: { duration: 2 } }],
    });
    expect(document.samples.map(({ index }) => index)).toEqual(shown.samples.map(({ index }) => index));
    const route = partner.route(voice);
    const same: readonly (readonly [entry: string, path: string])[] = [
      ['original.opus', '/original'],
      ['samples/0001.opus', '/samples/1'],
      ['samples/0003.opus', '/samples/3'],
      ['embeddings/kyutai/0001.safetensors', '/embedding?sample_index=1'],
      ['test-samples/kyutai/0001_1.opus', '/test-samples/test_1_1.opus'],
    ];
    for (const [entry, at] of same) {
      expect([entry, entries.get(entry)?.equals(await bytesOf(partner, route + at))]).toEqual([entry, true]);
    }
    expect(entries.get('consents/001/file.wav')?.equals(toneWav(2))).toBe(true);
  });

  it('gives the same bytes again, in ranges, and none to a client that has them', async () => {
    const { zip } = await exported(voice);
    const head = await partner.http.fetch(routeOf(voice), { method: 'HEAD' });
    const etag = head.headers.get('etag') ?? '';
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(zip.length)]);
    const half = Math.floor(zip.length / 2);
    const headers = { Range: `bytes=${half}-`, 'If-Range': etag };
    const rest = await partner.http.fetch(routeOf(voice), { headers });
    expect(rest.status).toBe(206);
    expect(Buffer.from(await rest.arrayBuffer()).equals(zip.subarray(half))).toBe(true);
    expect((await partner.http.fetch(routeOf(voice), { headers: { 'If-None-Match': etag } })).status).toBe(304);
    const beyond = { Range: `bytes=${zip.length}-` };
    expect((await partner.http.fetch(routeOf(voice), { headers: beyond })).status).toBe(416);
  });

  (hasTools ? it : it.skip)('returns an archive that the lines of docs/moving.md open and check', async () => {
    const { zip } = await exported(voice);
    await writeFile(path.join(folder.path, 'voice.zip'), zip);
    const check = (): Promise<unknown> =>
      run('bash', ['--norc', '-euo', 'pipefail', '-c', checkingLines()], { cwd: folder.path });
    await check();
    const damaged = Buffer.from(zip);
    damaged.fill('x', zip.indexOf('OggS') + 4, zip.indexOf('OggS') + 8);
    await rm(path.join(folder.path, 'voice'), { recursive: true });
    await writeFile(path.join(folder.path, 'voice.zip'), damaged);
    await expect(check()).rejects.toThrow();
  });

  it('returns voice.json alone for a voice that has nothing else', async () => {
    await emptyVoice(partner, 'nothing');
    const { entries, document } = await exported('nothing');
    expect([...entries.keys()]).toEqual([documentEntry]);
    expect(document).toMatchObject({ original: null, samples: [], embeddings: [], consents: [] });
  });

  it('refuses a voice in its first split, and returns the same voice while it is embedded', async () => {
    await emptyVoice(partner, 'busy');
    await addSample(partner, 'busy');
    const before = await finished(partner, 'busy', 'embed');
    await behave(contract.stack, { partner: partner.name, voice: 'busy' }, { kind: 'hold' });
    await partner.http.post(`${partner.route('busy')}/embed`);
    expect((await exported('busy')).document.status).toEqual(before.status);
    await partner.http.post(`${partner.route('busy')}/cancel`);
    const setSplitting = (status: string): Promise<unknown> =>
      sql(contract.stack, 'UPDATE voices SET splitting_status = $2 WHERE id = $1', [before.id, status]);
    await setSplitting('in_progress');
    const refused = await partner.http.get(routeOf('busy'));
    expect(said(refused)).toEqual({ status: 409, detail: 'Voice is currently being processed' });
    await setSplitting('idle');
  });

  it('breaks off if an object vanishes while the archive is sent, and never looks whole', async () => {
    const { id } = await emptyVoice(partner, 'vanishing');
    for (const seconds of [30, 30]) await addSample(partner, 'vanishing', seconds);
    const { zip } = await exported('vanishing'); // the API has read all objects once
    const [{ key } = { key: '' }] = await sql<{ key: string }>(
      contract.stack,
      'SELECT object_key AS key FROM samples WHERE voice_id = $1 ORDER BY index DESC LIMIT 1',
      [id],
    );
    await (await storageOf(contract.stack)).delete([key]);
    const received = await receivedBytes(`${partner.http.baseUrl}${routeOf('vanishing')}`, partner.key);
    expect(received.isComplete).toBe(false);
    expect(received.contentLength).toBe(zip.length);
    expect(received.bytes).toBeLessThan(zip.length);
  });
});

describe('coverage of openapi.json by the tests above', () => {
  it('includes the documented failures of an export', () => {
    expect(contract.recorder.unseen(() => true).filter((each) => ofExport.test(each))).toEqual([]);
  });
});

/** Reads an answer to its end, or until the connection breaks. */
async function receivedBytes(url: string, key: string) {
  const request = http.get(url, { agent: false, headers: { 'X-Api-Key': key } });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  let bytes = 0;
  answer.on('data', (chunk: Buffer) => (bytes += chunk.length)).on('error', () => undefined);
  await new Promise((resolve) => answer.once('close', resolve)); // `once` would throw the error of a cut connection
  return { bytes, isComplete: answer.complete, contentLength: Number(answer.headers['content-length']) };
}
