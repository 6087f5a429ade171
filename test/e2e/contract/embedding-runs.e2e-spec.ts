import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Contract } from '../../support/openapi-client.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { bytesOf, details, type Details } from '../../support/voices.js';
import { waitFor } from '../../support/wait-for.js';
import { zipEntries } from '../../support/zip-entries.js';
import { behave, instantContract } from './emulated.js';
import { addSample, emptyVoice, finished, said, toneVoice, voiceOfSamples } from './made-voices.js';

/** A run as the contract documents it. */
interface Run {
  readonly run_id: string;
  readonly tts_type: string;
  readonly engine: { readonly version: string } | null;
  readonly language: string | null;
  readonly created_at: string;
  readonly current: boolean;
  readonly sample_count: number;
  readonly best_score: number | null;
  readonly bytes: number;
}

interface RunDetails extends Run {
  readonly test_sentences: readonly string[];
  readonly sample_scores: readonly { readonly sample_index: number; readonly score: number }[];
  readonly test_samples: readonly { readonly filename: string; readonly url: string }[];
  readonly embedding_zip_url: string;
}

let contract: Contract;
let partner: TestPartner;

beforeAll(async () => {
  ({ contract, partner } = await instantContract());
});

const runsOf = (voice: string): string => `${partner.route(voice)}/embedding-runs`;
const list = async (voice: string): Promise<readonly Run[]> => (await partner.http.get<Run[]>(runsOf(voice))).body;
const run = async (voice: string, id: string): Promise<RunDetails> =>
  (await partner.http.get<RunDetails>(`${runsOf(voice)}/${id}`)).body;
const restore = async (voice: string, id: string): Promise<Details> => {
  const answer = await partner.http.post<Details>(`${runsOf(voice)}/${id}/restore`);
  expect(answer.status).toBe(200);
  return answer.body;
};
const runIdOf = (voice: Details): string => voice.embedding_info?.run_id ?? '';
const fetched = async (url: string): Promise<Buffer> => Buffer.from(await (await fetch(url)).arrayBuffer());

describe('the runs of a voice', () => {
  it('are the last three, with their results and files, and one call brings an earlier one back', async () => {
    await voiceOfSamples(partner, 'kept', 2);
    const made: Details[] = [];
    for (const sentence of ['One.', 'Two.', 'Three.', 'Four.']) {
      made.push(await finished(partner, 'kept', 'embed', { test_sentences: [sentence] }));
    }
    const [ended, second, third, fourth] = made.map(runIdOf);
    const runs = await list('kept');
    expect(runs.map(({ run_id: id, current }) => [id, current])).toEqual([
      [fourth, true],
      [third, false],
      [second, false],
    ]);
    expect(runs[0]).toMatchObject({ tts_type: 'kyutai', language: 'en', sample_count: 2, best_score: 0.9 });
    expect(said(await partner.http.get(`${runsOf('kept')}/${ended}`)).status).toBe(404);

    const earlier = await run('kept', second ?? '');
    expect(earlier).toMatchObject({ test_sentences: ['Two.'], current: false });
    expect(earlier.sample_scores).toEqual(made[1]?.embedding_info?.sample_scores);
    const audio = await fetched(earlier.test_samples[0]?.url ?? '');
    const zip = await fetched(earlier.embedding_zip_url);
    expect(zipEntries(zip).get('embeddings/1.safetensors')?.length).toBeGreaterThan(0);

    const restored = await restore('kept', second ?? '');
    expect(restored.embedding_info).toMatchObject({
      ...{ run_id: second, test_sentences: ['Two.'], last_update_status: 'success', stale: false },
      sample_scores: earlier.sample_scores,
    });
    expect((await bytesOf(partner, `${partner.route('kept')}/test-samples/test_1_1.opus`)).equals(audio)).toBe(true);
    expect((await fetched(restored.embedding_zip_url ?? '')).equals(zip)).toBe(true);
    const embedding = await bytesOf(partner, `${partner.route('kept')}/embedding?sample_index=1`);
    expect(zipEntries(zip).get('embeddings/1.safetensors')?.equals(embedding)).toBe(true);
    expect((await list('kept')).map(({ current }) => current)).toEqual([false, false, true]);
  });

  it('cannot be restored onto other samples', async () => {
    const before = await toneVoice(partner, 'split again');
    await finished(partner, 'split again', 'split', { sample_duration: 10 });
    const answer = await partner.http.post(`${runsOf('split again')}/${runIdOf(before)}/restore`);
    expect(said(answer)).toEqual({ status: 409, detail: 'The samples of this run are gone' });
    expect((await run('split again', runIdOf(before))).sample_scores).toHaveLength(2);
  });

  it('are deleted with their files, except for the current one', async () => {
    await voiceOfSamples(partner, 'deleted runs', 1);
    const first = runIdOf(await finished(partner, 'deleted runs', 'embed'));
    const second = runIdOf(await finished(partner, 'deleted runs', 'embed'));
    const { embedding_zip_url: url } = await run('deleted runs', first);
    const refused = await partner.http.delete(`${runsOf('deleted runs')}/${second}`);
    expect(said(refused)).toEqual({ status: 409, detail: 'The current run cannot be deleted' });
    expect((await partner.http.delete(`${runsOf('deleted runs')}/${first}`)).status).toBe(204);
    expect((await partner.http.delete(`${runsOf('deleted runs')}/${first}`)).status).toBe(404);
    expect((await list('deleted runs')).map(({ run_id: id }) => id)).toEqual([second]);
    expect((await fetch(url)).status).toBe(404);
  });
});

describe('stale_reasons', () => {
  const reasons = async (voice: string): Promise<readonly string[] | undefined> =>
    (await details(partner, voice)).embedding_info?.stale_reasons;

  it('name a new version of the engine, until the voice is embedded again or the version is taken back', async () => {
    const tts_type = 'other_tts';
    const embedBy = async (voice: string, version: string): Promise<Details> => {
      await behave(contract.stack, { partner: partner.name, voice }, { kind: 'engine_version', version });
      return finished(partner, voice, 'embed', { tts_type });
    };
    /** Lets a version be the last one that was reported. Tests in other files embed with version 1 meanwhile. */
    const expectReasons = (version: string, wanted: readonly string[]): Promise<unknown> =>
      waitFor(`the old voice is ${wanted.join() || 'not stale'}`, async () => {
        await embedBy('new engine', version);
        return JSON.stringify(await reasons('old engine')) === JSON.stringify(wanted);
      });
    for (const voice of ['old engine', 'new engine']) await voiceOfSamples(partner, voice, 1);
    const old = runIdOf(await embedBy('old engine', '1'));
    expect((await embedBy('new engine', '2')).embedding_info).toMatchObject({ engine: { version: '2' }, stale: false });
    await expectReasons('2', ['engine_changed']);
    expect((await details(partner, 'old engine')).embedding_info).toMatchObject({ run_id: old, stale: false });

    await embedBy('old engine', '2');
    await expectReasons('2', []);
    await restore('old engine', old);
    await expectReasons('2', ['engine_changed']);
    await expectReasons('1', []);
  });

  it('name changed samples and another language, and nothing before the first success', async () => {
    await voiceOfSamples(partner, 'stale reasons', 1);
    await behave(contract.stack, { partner: partner.name, voice: 'stale reasons' }, { kind: 'fail', error: 'no' });
    await finished(partner, 'stale reasons', 'embed', { tts_type: 'other_tts' });
    await addSample(partner, 'stale reasons');
    expect(await reasons('stale reasons')).toEqual([]);
    await behave(contract.stack, { partner: partner.name, voice: 'stale reasons' }, { kind: 'instant', afterMs: 0 });
    await finished(partner, 'stale reasons', 'embed', { tts_type: 'other_tts' });
    await addSample(partner, 'stale reasons');
    await partner.http.patch(partner.route('stale reasons'), { language: 'fr' });
    expect(await reasons('stale reasons')).toEqual(expect.arrayContaining(['samples_changed', 'language_changed']));
  });
});

describe('GET original', () => {
  it('returns the original as it is stored, whole and in ranges', async () => {
    const { id } = await toneVoice(partner, 'whole 日');
    const whole = await partner.http.fetch(`${partner.route('whole 日')}/original`);
    expect([whole.status, whole.headers.get('content-type')]).toEqual([200, 'audio/ogg']);
    expect(whole.headers.get('content-disposition')).toContain("filename*=UTF-8''whole%20%E6%97%A5-original.opus");
    const bytes = Buffer.from(await whole.arrayBuffer());
    expect([bytes.toString('latin1', 0, 4), bytes.length]).toEqual([
      'OggS',
      Number(whole.headers.get('content-length')),
    ]);
    const tag = whole.headers.get('etag') ?? '';
    const headers = { Range: 'bytes=100-199', 'If-Range': tag };
    const part = await partner.http.fetch(`${partner.route(id)}/original`, { headers });
    expect(part.status).toBe(206);
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(100, 200))).toBe(true);

    await finished(partner, 'whole 日', 'split', { sample_duration: 10 });
    const again = await partner.http.fetch(`${partner.route(id)}/original`, { headers: { 'If-None-Match': tag } });
    expect(again.status).toBe(304);
  });

  it('returns 409 for a voice without an original, and 404 without the voice', async () => {
    await emptyVoice(partner, 'no original');
    const none = await partner.http.get(`${partner.route('no original')}/original`);
    expect(said(none)).toEqual({ status: 409, detail: 'Voice has no original recording' });
    expect((await partner.http.get(`${partner.route('nobody')}/original`)).status).toBe(404);
  });
});
