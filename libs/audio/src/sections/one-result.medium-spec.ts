import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { containers, makeEveryWhole, makeWhole } from '../../../../test/fixtures/containers.js';
import { withEdits } from '../../../../test/fixtures/edit-list.js';
import {
  audioTools,
  decodeAll,
  levelDecibels,
  makeAudio,
  opensTransportStreams,
  speech,
  temporaryFolder,
} from '../../../../test/support/audio-measure.js';
import { convert } from '../../../../test/support/convert.js';
import { pickOfForm, rowsOfForm } from '../../../../test/support/test-form.js';
import { expectAlmostTrack, expectTrack, plainTrack } from '../../../../test/support/plain-track.js';
import { samplesPerSecond, type AudioTools } from '../index.js';
import { seeksExactly } from './section-plan.js';

/*
 * The result must not depend on the number of sections. It must have exactly as many audio samples as a plain decode by
 * ffmpeg, and sound the same. The analysis track must be that of a plain decode.
 */
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let tools: AudioTools;
let workFolder: string;
let files = 0;

beforeAll(async () => {
  folder = await temporaryFolder();
  tools = audioTools();
  workFolder = join(folder.path, 'work');
  await mkdir(workFolder);
});
afterAll(() => folder.remove());

const newFile = (extension: string): string => join(folder.path, `${(files += 1)}.${extension}`);

async function made(extension: string, options: readonly string[]): Promise<string> {
  const path = newFile(extension);
  await makeAudio(tools, [...options, path]);
  return path;
}

/** Length of the speech, no part of which resembles another. Sections of 3 s divide it into three. */
const sourceSeconds = 9;
const source = ['-ss', '1', '-t', String(sourceSeconds), '-i', speech('it')];

async function expectOneResult(inputPath: string): Promise<void> {
  const converted = await convert({ tools, inputPath, workFolder, sectionSeconds: 3 });
  const path = newFile('opus');
  await writeFile(path, converted.ogg);
  const encoderInput = 'aformat=sample_fmts=s16:sample_rates=48000:channel_layouts=mono';
  const [plain, audio] = (await decodeAll(tools, [[inputPath, encoderInput], [path]])) as [Float32Array, Float32Array];
  expect(converted.totalSamples).toBe(plain.length);
  expect(audio).toHaveLength(plain.length);
  expect(unlikeSeconds(audio, plain)).toEqual([]);
  const isNoisy = converted.facts.codecName === 'aac' && seeksExactly(converted.facts);
  const expected = await plainTrack(tools, inputPath, plain.length);
  (isNoisy ? expectAlmostTrack : expectTrack)(converted.track, expected);
}

/** Quieter blocks are pauses, which an encoder hardly preserves. */
const pauseDecibels = -45;

/** Returns the start of each block that differs from the source, as it does if a packet is missing or doubled. */
function unlikeSeconds(audio: Float32Array, plain: Float32Array): number[] {
  const blockSamples = samplesPerSecond / 4;
  const blocks = Array.from({ length: Math.floor(plain.length / blockSamples) }, (_, block) => block * blockSamples);
  return blocks
    .filter((at) => {
      const expected = plain.subarray(at, at + blockSamples);
      const level = levelDecibels(expected);
      if (level <= pauseDecibels) return false;
      const error = audio.subarray(at, at + blockSamples).map((sample, index) => sample - (expected[index] ?? 0));
      return levelDecibels(error) > level - 6;
    })
    .map((at) => at / samplesPerSecond);
}

describe('encodeRecording gives one result for every container', () => {
  const named = containers.map((container) => [container.name, container] as const);
  const rows = rowsOfForm(named, ['mp3', 'm4a']);
  const tried = rows.map(([, container]) => container);
  beforeAll(() => makeEveryWhole(tools, folder.path, tried, ['first'], sourceSeconds));

  it.each(rows)('%s', async (_, container) => {
    const oneResult = expectOneResult(await makeWhole(tools, folder.path, container, 'first'));
    if (container.name !== 'ts' || opensTransportStreams(tools)) return oneResult;
    return expect(oneResult).rejects.toMatchObject({ code: 'unusable_audio' });
  });
});

const runs = (numRuns: number, seed: number) => ({ numRuns, seed: 20_261_129 + seed, endOnFailure: true });

type Kind = readonly [extension: string, options: readonly string[]];
const numbered = (kinds: readonly Kind[], short: readonly string[]) =>
  rowsOfForm(kinds, short).map(([extension, options], at) => [extension, options, runs(1, at)] as const);

describe('encodeRecording of time stamps with gaps', () => {
  const gaps = fc.array(
    fc.record({ atSeconds: fc.integer({ min: 1, max: 8 }), seconds: fc.integer({ min: 1, max: 40 }) }),
    { minLength: 1, maxLength: 3 },
  );
  const kinds = numbered(
    [
      ['m4a', ['-c:a', 'aac']],
      ['mov', ['-c:a', 'aac', '-ar', '44100']],
      ['mkv', ['-c:a', 'flac']],
      ['webm', ['-c:a', 'libopus']],
      ['flv', ['-c:a', 'libmp3lame', '-ar', '44100']],
    ],
    ['m4a', 'webm'],
  );

  it.each(kinds)('keeps all of the audio of %s and inserts nothing', async (extension, options, run) => {
    const property = fc.asyncProperty(gaps, async (jumps) => {
      const later = jumps.map(({ atSeconds, seconds }) => `gte(T,${atSeconds})*${seconds}/TB`).join('+');
      const filter = ['-af', `aresample=44100,asetnsamples=1024,asetpts='PTS+${later}'`];
      await expectOneResult(await made(extension, [...source, ...filter, ...options]));
    });
    await fc.assert(property, run);
  });
});

describe('encodeRecording of several edits', () => {
  const edit = fc.record({
    from: fc.option(fc.integer({ min: 0, max: 6 * 48_000 }), { freq: 4, nil: null }),
    length: fc.integer({ min: 300, max: 2_500 }),
  });
  /** The first edit makes the recording longer than the required second. */
  const edits = fc
    .array(edit, { minLength: 1, maxLength: 5 })
    .map((generated) => [{ from: 1024, length: 3_500 }, ...generated]);

  const codecs = [
    ['aac', ['-c:a', 'aac']],
    ['alac', ['-c:a', 'alac']],
  ] as const;
  it.each(rowsOfForm(codecs, ['alac']))('decodes them like a plain decode (%s)', async (_, options) => {
    const whole = await readFile(await made('m4a', [...source, '-ar', '48000', ...options]));
    const property = fc.asyncProperty(edits, async (list) => {
      const path = newFile('m4a');
      await writeFile(path, withEdits(whole, list));
      await expectOneResult(path);
    });
    await fc.assert(property, runs(pickOfForm(1, 5), 0));
  });
});

describe('encodeRecording of a late start', () => {
  const kinds = numbered(
    [
      ['m4a', ['-c:a', 'aac']],
      ['mkv', ['-c:a', 'libopus']],
      ['ts', ['-c:a', 'aac', '-f', 'mpegts']],
      ['flv', ['-c:a', 'libmp3lame', '-ar', '44100']],
      ['ogg', ['-c:a', 'libvorbis']],
      ['mp4', ['-c:a', 'libmp3lame']],
    ],
    ['m4a'],
  );

  let onTime: string;
  beforeAll(async () => {
    onTime = await made('wav', source);
  });

  it.each(kinds)('does not encode it (%s)', async (extension, options, run) => {
    if (extension === 'ts' && !opensTransportStreams(tools)) return;
    const property = fc.asyncProperty(fc.double({ min: 0.01, max: 4_000, noNaN: true }), async (seconds) => {
      const late = ['-itsoffset', seconds.toFixed(3), '-i', onTime, '-copyts'];
      await expectOneResult(await made(extension, [...late, ...options]));
    });
    await fc.assert(property, run);
  });
});
