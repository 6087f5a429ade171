import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { containers, makeWhole } from '../../../test/fixtures/containers.js';
import { withEdits } from '../../../test/fixtures/edit-list.js';
import {
  audioToolsOfThisMachine,
  decode,
  levelDecibels,
  makeAudio,
  opensTransportStreams,
  speech,
  temporaryFolder,
} from '../../../test/support/audio-measure.js';
import { convert } from '../../../test/support/convert.js';
import { samplesPerSecond, type AudioTools } from './index.js';

/*
 * One recording, one result: what comes out does not depend on how many sections encode it. It is what one plain decode
 * by ffmpeg gives, to the sample.
 */
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let tools: AudioTools;
let workFolder: string;
let files = 0;

beforeAll(async () => {
  folder = await temporaryFolder();
  tools = await audioToolsOfThisMachine(join(folder.path, 'launchers'));
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

/** 20 s of speech that is nowhere like another part of it. */
const source = ['-ss', '1', '-t', '20', '-i', speech('it')];

async function expectOneResult(inputPath: string): Promise<void> {
  const plain = await decode(tools, inputPath, 'aformat=sample_fmts=s16:sample_rates=48000:channel_layouts=mono');
  const converted = await convert({ tools, inputPath, workFolder, sectionSeconds: 6 });
  expect(converted.totalSamples).toBe(plain.length);
  const path = newFile('opus');
  await writeFile(path, converted.ogg);
  const audio = await decode(tools, path);
  expect(audio).toHaveLength(plain.length);
  expect(unlikeSeconds(audio, plain)).toEqual([]);
}

/** Blocks quieter than this are pauses, of which an encoder keeps little. */
const pauseDecibels = -45;

/** Where what came out is not what belongs there: speech that is moved by a packet is nothing like itself. */
function unlikeSeconds(audio: Float32Array, plain: Float32Array): number[] {
  const blockSamples = samplesPerSecond / 4;
  const blocks = Array.from({ length: Math.floor(plain.length / blockSamples) }, (_, block) => block * blockSamples);
  return blocks
    .filter((at) => {
      const expected = plain.subarray(at, at + blockSamples);
      const error = audio.subarray(at, at + blockSamples).map((sample, index) => sample - (expected[index] ?? 0));
      const level = levelDecibels(expected);
      return level > pauseDecibels && levelDecibels(error) > level - 6;
    })
    .map((at) => at / samplesPerSecond);
}

describe('every container', () => {
  it.each(containers.map((container) => [container.name, container] as const))('%s', async (_, container) => {
    const oneResult = expectOneResult(await makeWhole(tools, folder.path, container, 'first'));
    if (container.name !== 'ts' || opensTransportStreams(tools)) return oneResult;
    return expect(oneResult).rejects.toMatchObject({ code: 'unusable_audio' });
  });
});

const runs = { numRuns: 8, seed: 20_261_129, endOnFailure: true } as const;

describe('time stamps with gaps', () => {
  const gaps = fc.array(
    fc.record({ atSeconds: fc.integer({ min: 1, max: 18 }), seconds: fc.integer({ min: 1, max: 40 }) }),
    { minLength: 1, maxLength: 3 },
  );
  const kind = fc.constantFrom(
    ['m4a', ['-c:a', 'aac']] as const,
    ['mov', ['-c:a', 'aac', '-ar', '44100']] as const,
    ['mkv', ['-c:a', 'flac']] as const,
    ['webm', ['-c:a', 'libopus']] as const,
    ['flv', ['-c:a', 'libmp3lame', '-ar', '44100']] as const,
  );

  it('leave all of the audio, and put nothing in between', async () => {
    const property = fc.asyncProperty(kind, gaps, async ([extension, options], jumps) => {
      const later = jumps.map(({ atSeconds, seconds }) => `gte(T,${atSeconds})*${seconds}/TB`).join('+');
      const filter = ['-af', `aresample=44100,asetnsamples=1024,asetpts='PTS+${later}'`];
      await expectOneResult(await made(extension, [...source, ...filter, ...options]));
    });
    await fc.assert(property, runs);
  });
});

describe('several edits', () => {
  const edit = fc.record({
    from: fc.option(fc.integer({ min: 0, max: 14 * 48_000 }), { freq: 4, nil: null }),
    length: fc.integer({ min: 300, max: 5_000 }),
  });
  /** At least the second that a recording must have. */
  const edits = fc
    .array(edit, { minLength: 1, maxLength: 5 })
    .map((generated) => [{ from: 1024, length: 7_000 }, ...generated]);

  it.each([
    ['aac', ['-c:a', 'aac']],
    ['alac', ['-c:a', 'alac']],
  ])('of %s are played as a plain decode plays them', async (_, options) => {
    const whole = await readFile(await made('m4a', [...source, '-ar', '48000', ...options]));
    const property = fc.asyncProperty(edits, async (list) => {
      const path = newFile('m4a');
      await writeFile(path, withEdits(whole, list));
      await expectOneResult(path);
    });
    await fc.assert(property, runs);
  });
});

describe('a late start', () => {
  const kind = fc.constantFrom(
    ['m4a', ['-c:a', 'aac']] as const,
    ['mkv', ['-c:a', 'libopus']] as const,
    ['ts', ['-c:a', 'aac', '-f', 'mpegts']] as const,
    ['flv', ['-c:a', 'libmp3lame', '-ar', '44100']] as const,
    ['ogg', ['-c:a', 'libvorbis']] as const,
    ['mp4', ['-c:a', 'libmp3lame']] as const,
  );

  it('is no part of the recording', async () => {
    const onTime = await made('wav', source);
    const property = fc.asyncProperty(
      kind,
      fc.double({ min: 0.01, max: 4_000, noNaN: true }),
      async ([extension, options], seconds) => {
        if (extension === 'ts' && !opensTransportStreams(tools)) return;
        const late = ['-itsoffset', seconds.toFixed(3), '-i', onTime, '-copyts'];
        await expectOneResult(await made(extension, [...late, ...options]));
      },
    );
    await fc.assert(property, runs);
  });
});
