import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { zipEntries } from '../../support/zip-entries.js';
import { Contract } from '../../support/openapi-client.js';
import { sharedStack, type TestPartner } from '../../support/shared-stack.js';
import { bytesOf, details, type Details } from '../../support/voices.js';
import { embedInstantly } from './emulated.js';
import { emptyVoice, finished, said, toneVoice, voiceOfSamples, without } from './made-voices.js';
import { startSecondApi, type SecondApi } from './second-api.js';

/** Details with `audio_urls=true`. */
interface AudibleDetails extends Omit<Details, 'samples' | 'embedding_info'> {
  readonly original_url: string | null;
  readonly samples: readonly { readonly index: number; readonly url: string }[];
  readonly embedding_info: {
    readonly test_samples: readonly { readonly filename: string; readonly url: string }[];
  } | null;
}

interface Manifest {
  readonly samples: readonly { readonly index: number; readonly file: string; readonly embedding_sha256: string }[];
}

/** A voice with two samples and their embedding, for tests that any such voice fits. */
const two = 'two';

let contract: Contract;
let partner: TestPartner;
/** Another process of the same installation, which refers clients to the storage, or nginx to the file. */
let second: SecondApi;

beforeAll(async () => {
  contract = new Contract(sharedStack());
  partner = await contract.partner();
  [second] = await Promise.all([
    startSecondApi(contract.stack, { DOWNLOADS: contract.stack.storageUrl.startsWith('s3:') ? 'storage' : 'proxy' }),
    embedInstantly(contract.stack, partner),
  ]);
  await voiceOfSamples(partner, two, 2);
  await finished(partner, two, 'embed');
});
afterAll(() => second?.stop());

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const bodyOf = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer());
const single = (voice: string, index: number): Promise<Buffer> =>
  bytesOf(partner, `${partner.route(voice)}/embedding?sample_index=${index}`);

/** What nginx sends with a request if it can send files itself. */
const byProxy = { 'X-Sendfile-Type': 'X-Accel-Redirect' };

/** The same URL at the second process. */
const atSecond = (url: string): string => url.replace(contract.stack.baseUrl, second.address.baseUrl);

describe('the archive of an embedding', () => {
  it('has one file for each sample, the same that are served singly, and a manifest', async () => {
    await voiceOfSamples(partner, 'archive 日', 3);
    const embedded = await finished(partner, 'archive 日', 'embed');
    const answer = await fetch(embedded.embedding_zip_url ?? '');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/zip']);
    expect(answer.headers.get('content-disposition')).toContain("filename*=UTF-8''archive%20%E6%97%A5-kyutai.zip");
    const zip = await bodyOf(answer);
    expect(zip.length).toBe(Number(answer.headers.get('content-length')));
    const entries = zipEntries(zip);
    const files = [1, 2, 3].map((index) => `embeddings/${index}.safetensors`);
    expect([...entries.keys()]).toEqual(['manifest.json', ...files]);

    const manifest = JSON.parse(entries.get('manifest.json')?.toString() ?? '') as Manifest;
    const info = embedded.embedding_info;
    expect(manifest).toMatchObject({ version: 2, tts_type: 'kyutai', engine: info?.engine, language: info?.language });
    for (const [at, file] of files.entries()) {
      const bytes = entries.get(file) ?? Buffer.alloc(0);
      expect(bytes.equals(await single('archive 日', at + 1))).toBe(true);
      const sample = await bytesOf(partner, `${partner.route('archive 日')}/samples/${at + 1}`);
      expect(manifest.samples[at]).toEqual({
        index: at + 1,
        sha256: sha256(sample),
        file,
        bytes: bytes.length,
        embedding_sha256: sha256(bytes),
        score: info?.sample_scores.find((score) => score.sample_index === at + 1)?.score,
      });
    }
  });

  it('is the same at every process, whole and in ranges, whatever DOWNLOADS says', async () => {
    const url = (await details(partner, two)).embedding_zip_url ?? '';
    const first = await fetch(url);
    const tag = first.headers.get('etag') ?? '';
    const zip = await bodyOf(first);
    const other = await fetch(atSecond(url), { headers: byProxy, redirect: 'manual' });
    expect([other.status, other.headers.get('etag')]).toEqual([200, tag]);
    expect((await bodyOf(other)).equals(zip)).toBe(true);
    const half = Math.floor(zip.length / 2);
    const rest = await fetch(atSecond(url), { headers: { ...byProxy, Range: `bytes=${half}-`, 'If-Range': tag } });
    expect([rest.status, rest.headers.get('content-range')]).toEqual([
      206,
      `bytes ${half}-${zip.length - 1}/${zip.length}`,
    ]);
    expect((await bodyOf(rest)).equals(zip.subarray(half))).toBe(true);
    expect((await fetch(url, { headers: { 'If-None-Match': tag } })).status).toBe(304);
  });

  it('stays the same after a re-split and a new embedding, and is gone with the voice', async () => {
    await toneVoice(partner, 'replaced');
    const url = (await details(partner, 'replaced')).embedding_zip_url ?? '';
    const zip = await bodyOf(await fetch(url));
    await finished(partner, 'replaced', 'split', { sample_duration: 10 });
    expect((await bodyOf(await fetch(url))).equals(zip)).toBe(true);
    const again = (await finished(partner, 'replaced', 'embed')).embedding_zip_url ?? '';
    expect((await bodyOf(await fetch(url))).equals(zip)).toBe(true);
    expect((await fetch(again)).headers.get('etag')).not.toBe((await fetch(url)).headers.get('etag'));
    expect((await partner.http.delete(partner.route('replaced'))).status).toBe(204);
    for (const gone of [url, again, atSecond(url)]) expect((await fetch(gone)).status).toBe(404);
  });
});

describe('GET embedding', () => {
  it('returns that of the preferred sample if no index is given', async () => {
    const route = `${partner.route(two)}/embedding`;
    for (const index of [2, 1]) {
      await partner.http.put(`${partner.route(two)}/preferred-sample`, { sample_index: index });
      const answer = await partner.http.fetch(route);
      expect(answer.headers.get('content-type')).toBe('application/octet-stream');
      expect(answer.headers.get('content-disposition')).toContain(`${two}-${index}.safetensors`);
      const bytes = await bodyOf(answer);
      expect(answer.headers.get('etag')).toBe(`"${sha256(bytes)}"`);
      expect(bytes.equals(await single(two, index))).toBe(true);
    }
    const referred = await fetch(`${second.address.baseUrl}${route}`, {
      headers: { ...byProxy, 'X-Api-Key': partner.key },
      redirect: 'manual',
    });
    expect(referred.headers.get('location') ?? referred.headers.get('x-accel-redirect')).toContain('1.safetensors');
    const missing = await partner.http.get(`${route}?tts_type=other_tts`);
    expect(said(missing)).toEqual({ status: 404, detail: 'Embedding not found' });
  });

  it('returns 404 for a sample that has been added or replaced since the embedding', async () => {
    await toneVoice(partner, 'changed');
    const route = `${partner.route('changed')}/embedding?sample_index=1`;
    expect((await partner.http.fetch(route)).status).toBe(200);
    await finished(partner, 'changed', 'split', { sample_duration: 10 });
    expect(said(await partner.http.get(route))).toEqual({ status: 404, detail: 'Embedding not found' });
  });
});

describe('embedding_info', () => {
  it('names the run, its engine and what the test samples say', async () => {
    const first = (await details(partner, two)).embedding_info;
    expect(first?.run_id).toMatch(/^[0-9a-f-]{36}$/);
    const engine = { name: 'instant-constant', version: '1', model: 'constant', revision: '1', scorer: 'none@1' };
    expect(first?.engine).toStrictEqual(engine);
    const sentences = Math.max(...(first?.test_samples ?? []).map((test) => test.sentence_index));
    expect(first?.test_sentences).toHaveLength(sentences);
    const again = (await finished(partner, two, 'embed')).embedding_info;
    expect(again?.run_id).not.toBe(first?.run_id);
  });
});

describe('audio_urls', () => {
  const audible = async (voice: string): Promise<AudibleDetails> =>
    (await partner.http.get<AudibleDetails>(`${partner.route(voice)}?audio_urls=true`)).body;

  it('adds URLs that play every recording without a key, and changes nothing else', async () => {
    const plain = await toneVoice(partner, 'audible 日');
    const found = await audible('audible 日');
    const { samples, embedding_info: info } = found;
    const stale_reasons = plain.embedding_info?.stale_reasons; // other tests change what the endpoint last reported
    expect({
      ...without(found, 'original_url', 'embedding_zip_url'),
      samples: samples.map((sample) => without(sample, 'url')),
      embedding_info: { ...info, stale_reasons, test_samples: info?.test_samples.map((test) => without(test, 'url')) },
    }).toEqual(without(plain, 'embedding_zip_url'));

    const route = partner.route('audible 日');
    const heard: readonly (readonly [url: string, name: string, same: string | null])[] = [
      [found.original_url ?? '', 'original.opus', null],
      ...samples.map(({ index, url }) => [url, `${index}.opus`, `${route}/samples/${index}`] as const),
      ...(info?.test_samples ?? []).map(
        ({ filename, url }) => [url, filename, `${route}/test-samples/${filename}`] as const,
      ),
    ];
    expect(heard.length).toBeGreaterThan(4);
    for (const [url, name, same] of heard) {
      const answer = await fetch(url);
      expect([name, answer.status, answer.headers.get('content-type')]).toEqual([name, 200, 'audio/ogg']);
      const disposition = answer.headers.get('content-disposition');
      expect(disposition).toMatch(/^inline;/);
      expect(disposition).toContain(`filename*=UTF-8''audible%20%E6%97%A5-${name}`);
      const bytes = await bodyOf(answer);
      expect(bytes.subarray(0, 4).toString()).toBe('OggS');
      if (same !== null) expect(bytes.equals(await bytesOf(partner, same))).toBe(true);
      const part = await fetch(atSecond(url), { headers: { Range: 'bytes=0-3' } });
      expect(await part.text()).toBe('OggS');
    }
    await partner.http.delete(route);
    for (const [url] of heard) expect((await fetch(url)).status).toBe(404);
  });

  it('gives null for a voice without a recording', async () => {
    await emptyVoice(partner, 'silent');
    expect(await audible('silent')).toMatchObject({ original_url: null, samples: [], embedding_info: null });
  });

  it('changes nothing if it is false', async () => {
    await voiceOfSamples(partner, 'as before', 1);
    const plain = await details(partner, 'as before');
    expect((await partner.http.get(`${partner.route('as before')}?audio_urls=false`)).body).toEqual(plain);
  });
});
