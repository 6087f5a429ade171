import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { audioTools, decode, speech, temporaryFolder } from '../../support/audio-measure.js';
import type { Contract } from '../../support/openapi-client.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { storageOf } from '../../support/test-storage.js';
import { details, finishedVoice, settled, type Details, type Sample } from '../../support/voices.js';
import { behave, behaveAgain, instantContract } from './emulated.js';
import { addSample, emptyVoice, said, type Failure } from './made-voices.js';
import { sql } from './sql.js';
import { strangeNumber, whole } from './strange-values.js';

/** The answer to a request for a waveform. */
interface Waveform {
  readonly duration: number;
  readonly points: readonly (readonly [peak: number, rms: number])[];
  readonly speech: readonly (readonly [start: number, end: number])[];
}

let contract: Contract;
let partner: TestPartner;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

beforeAll(async () => {
  ({ contract, partner } = await instantContract());
  folder = await temporaryFolder();
  await finishedVoice(partner, 'read', speech('it'));
});
afterAll(() => folder.remove());

async function waveform(voice: string, query = ''): Promise<Waveform> {
  const answer = await partner.http.get<Waveform>(`${partner.route(voice)}/waveform${query}`);
  expect(answer.status).toBe(200);
  return answer.body;
}

const decibels = (value: number): number => Math.max(-127.5, 20 * Math.log10(value));

/** Returns the levels of a voice's recording, measured from its decoded audio. */
async function levels(voice: string, points: number): Promise<[peak: number, rms: number][]> {
  const { body } = await partner.http.get<{ original_url: string }>(`${partner.route(voice)}?audio_urls=true`);
  const file = path.join(folder.path, 'original.opus');
  await writeFile(file, Buffer.from(await (await fetch(body.original_url)).arrayBuffer()));
  const audio = await decode(audioTools(), file);
  return Array.from({ length: points }, (_, at) => {
    const edge = (of: number): number => Math.round((audio.length * of) / points);
    const part = audio.subarray(edge(at), edge(at + 1));
    const [peak, sum] = part.reduce(([most, power], one) => [Math.max(most, Math.abs(one)), power + one * one], [0, 0]);
    return [decibels(peak), decibels(Math.sqrt(sum / part.length))];
  });
}

describe('GET waveform', () => {
  it('returns the levels of the recording and where somebody speaks', async () => {
    const { duration, points, speech: stretches } = await waveform('read');
    expect([duration, points.length]).toEqual([(await details(partner, 'read')).original_duration, 1000]);
    for (const [peak, rms] of points) {
      expect(peak).toBeLessThanOrEqual(0);
      expect(rms).toBeLessThanOrEqual(peak);
      expect(rms).toBeGreaterThanOrEqual(-127.5);
    }
    let end = 0;
    for (const [from, to] of stretches) {
      expect(from).toBeGreaterThanOrEqual(end);
      expect(to).toBeGreaterThan(from);
      end = to;
    }
    expect(stretches.length).toBeGreaterThan(5);
    expect(end).toBeLessThanOrEqual(duration);
    const spoken = stretches.reduce((sum, [from, to]) => sum + to - from, 0);
    expect(spoken / duration).toBeGreaterThan(0.5);
    expect(spoken / duration).toBeLessThan(1);
  });

  it('returns the levels that the decoded recording has', async () => {
    const [{ points }, measured] = await Promise.all([waveform('read', '?points=25'), levels('read', 25)]);
    for (const [at, [peak, rms]] of points.entries()) {
      const [truePeak = 0, trueRms = 0] = measured[at] ?? [];
      // The analysis hears frequencies up to 8 kHz, which lowers peaks of sibilants.
      expect([at, Math.abs(peak - truePeak) < 3, Math.abs(rms - trueRms) < 1]).toEqual([at, true, true]);
    }
  });

  it('returns a part of the recording, in so many points', async () => {
    const [whole, part] = await Promise.all([
      waveform('read', '?points=75'),
      waveform('read', '?points=10&from=20&to=30'),
    ]);
    expect(part.duration).toBe(whole.duration);
    if (whole.duration === 75) expect(part.points).toEqual(whole.points.slice(20, 30));
    expect(part.points).toHaveLength(10);
    for (const [from, to] of part.speech) {
      expect(from).toBeGreaterThanOrEqual(20);
      expect(to).toBeLessThanOrEqual(30);
    }
    const { points } = await waveform('read', '?points=10000&from=1.25&to=1.5');
    expect(points).toHaveLength(10_000);
  });

  it('has an ETag, for conditional requests', async () => {
    const route = `${partner.route('read')}/waveform`;
    const [first, again, other] = await Promise.all(
      ['?points=20', '?points=20', '?points=21'].map((query) => partner.http.fetch(route + query)),
    );
    const tag = first?.headers.get('etag') ?? '';
    expect(tag).toMatch(/^"[\w-]+"$/);
    expect([again?.headers.get('etag'), other?.headers.get('etag')]).toEqual([tag, expect.not.stringMatching(tag)]);
    expect(first?.headers.get('cache-control')).toBe('private, no-cache');
    const have = await partner.http.fetch(`${route}?points=20`, { headers: { 'If-None-Match': tag } });
    expect([have.status, await have.text()]).toEqual([304, '']);
    const head = await partner.http.fetch(`${route}?points=20`, { method: 'HEAD' });
    expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, tag, '']);
  });

  it.each([
    ['points=9', 'points', 'must be a whole number from 10 to 10000'],
    ['points=10001', 'points', 'must be a whole number from 10 to 10000'],
    ['points=1e3', 'points', 'must be a whole number from 10 to 10000'],
    ['points=10&points=20', 'points', 'must be a whole number from 10 to 10000'],
    ['from=-1', 'from', 'must be a number of seconds from 0, like 12.5'],
    ['from=1:30', 'from', 'must be a number of seconds from 0, like 12.5'],
    ['to=', 'to', 'must be a number of seconds from 0, like 12.5'],
    ['to=1e1', 'to', 'must be a number of seconds from 0, like 12.5'],
    ['from=9999', 'from', 'must be less than the length of the recording (LENGTH s)'],
    ['to=9999', 'to', 'must not exceed the length of the recording (LENGTH s)'],
    ['from=10&to=10', 'to', 'must be greater than from (10)'],
    ['from=10&to=9.5', 'to', 'must be greater than from (10)'],
  ])('refuses ?%s: %s %s', async (query, field, rule) => {
    const answer = await partner.http.get<Failure>(`${partner.route('read')}/waveform?${query}`);
    const { original_duration: length } = await details(partner, 'read');
    const message = `${field} ${rule.replace('LENGTH', String(length))}`;
    expect([answer.status, answer.body]).toEqual([422, { detail: message, errors: [{ field, message }] }]);
  });

  it('reads any text in its query as the contract says, or refuses it', async () => {
    await emptyVoice(partner, 'unrecorded');
    const isTime = (given: string): boolean => /^\d{1,9}(\.\d{1,9})?$/.test(given);
    await fc.assert(
      fc.asyncProperty(strangeNumber, strangeNumber, strangeNumber, async (points, from, to) => {
        const query = new URLSearchParams({ points, from, to }).toString();
        const answer = await partner.http.get<Failure>(`${partner.route('unrecorded')}/waveform?${query}`);
        const isGood = whole(points, 10, 10_000) && isTime(from) && isTime(to);
        expect(said(answer).status).toBe(isGood ? 409 : 422); // the voice has no original
      }),
      { numRuns: 60, seed: 20_261_129 },
    );
  });

  it('accepts the length of the recording as its end, and names a mistyped parameter', async () => {
    const { original_duration: length } = await details(partner, 'read');
    expect((await waveform('read', `?to=${length}`)).points).toEqual((await waveform('read')).points);
    const answer = await partner.http.get(`${partner.route('read')}/waveform?point=20`);
    expect(said(answer)).toEqual({ status: 422, detail: 'Unknown field "point". Did you mean "points"?' });
  });

  it('needs a voice with a recording, after all checks of the query', async () => {
    await emptyVoice(partner, 'empty');
    await addSample(partner, 'empty');
    const no = await partner.http.get(`${partner.route('empty')}/waveform`);
    expect(said(no)).toEqual({ status: 409, detail: 'Voice has no original recording' });
    expect(said(await partner.http.get(`${partner.route('empty')}/waveform?points=1`)).status).toBe(422);
    const nobody = await partner.http.get(`${partner.route('nobody')}/waveform?points=1`);
    expect(said(nobody)).toEqual({ status: 404, detail: 'Voice not found' });
  });

  it('is answered while the voice is locked', async () => {
    const match = { partner: partner.name, voice: 'read' };
    await behave(contract.stack, match, { kind: 'hold' });
    expect((await partner.http.post(`${partner.route('read')}/embed`)).status).toBe(202);
    expect((await waveform('read')).points).toHaveLength(1000);
    expect((await details(partner, 'read')).status.embedding).toBe('in_progress');
    expect((await partner.http.post(`${partner.route('read')}/cancel`)).status).toBe(202);
    await behaveAgain(contract.stack, match);
  });
});

describe('a voice from before recordings were measured', () => {
  /** Makes a voice as a release without analysis has left it: its original is at a key that no process has measured. */
  async function oldVoice(name: string): Promise<Details> {
    const made = await finishedVoice(partner, name, speech('ru'));
    const [row] = await sql<{ id: string; key: string }>(
      contract.stack,
      `SELECT v.id, v.original_key AS key FROM voices v JOIN partners p ON p.id = v.partner_id
       WHERE p.name = $1 AND v.name = $2`,
      [partner.name, name],
    );
    const old = row?.key.replace(/\d+\/original/, '99/original') ?? '-';
    const storage = await storageOf(contract.stack);
    const original = await storage.read(row?.key ?? '-');
    if (original === null) throw new Error(`${name} has no original`);
    await storage.put(old, original, { contentType: 'audio/ogg' });
    await sql(contract.stack, 'UPDATE voices SET original_key = $2, analysis_key = NULL WHERE id = $1', [row?.id, old]);
    await sql(contract.stack, 'UPDATE samples SET quality = NULL WHERE voice_id = $1', [row?.id]);
    return made;
  }

  it('has samples without a quality until its recording is measured', async () => {
    const made = await oldVoice('old');
    expect((await details(partner, 'old')).samples.map(({ quality }) => quality)).toEqual(made.samples.map(() => null));
    expect((await waveform('old')).points).toHaveLength(1000);
    const measured = await details(partner, 'old');
    // The figures are those of the converted recording, which differ a little from those of the upload.
    const gradeOf = ({ index, quality }: Sample): unknown[] => [
      index,
      quality?.grade,
      quality?.reasons.map(({ code }) => code),
    ];
    expect(measured.samples.map(gradeOf)).toEqual(made.samples.map(gradeOf));
  });

  it('can be previewed and split in speech mode', async () => {
    await oldVoice('older');
    const route = `${partner.route('older')}/split`;
    const planned = await partner.http.post<Details>(route, { mode: 'speech', dry_run: true });
    expect(planned.status).toBe(200);
    expect((await partner.http.post(route, { mode: 'speech' })).status).toBe(202);
    const voice = await settled(partner, 'older');
    expect(voice.samples.map(({ source_timestamp, quality }) => [source_timestamp, quality])).toEqual(
      planned.body.samples.map(({ source_timestamp, quality }) => [source_timestamp, quality]),
    );
  });
});

describe('a voice whose recording is being converted', () => {
  it('has no waveform and no preview yet', async () => {
    await emptyVoice(partner, 'converting');
    const status = (splitting: string): Promise<unknown> =>
      sql(
        contract.stack,
        `UPDATE voices SET splitting_status = $1
         WHERE name = 'converting' AND partner_id = (SELECT id FROM partners WHERE name = $2)`,
        [splitting, partner.name],
      );
    await status('in_progress');
    const route = partner.route('converting');
    const answers = [
      await partner.http.get(`${route}/waveform`),
      await partner.http.post(`${route}/split`, { dry_run: true }),
    ];
    await status('idle');
    const locked = { status: 409, detail: 'Voice is currently being processed' };
    expect(answers.map(said)).toEqual([locked, locked]);
  });
});
