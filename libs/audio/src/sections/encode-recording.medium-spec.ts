import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  audioTools,
  decode,
  decodeAll,
  levelDecibels,
  makeAudio,
  speech,
  temporaryFolder,
} from '../../../../test/support/audio-measure.js';
import { factsOf, flacFacts } from '../../../../test/support/recording-facts.js';
import { longIt, pickOfForm, rowsOfForm } from '../../../../test/support/test-form.js';
import { encodeOpus, type OpusEncoding } from '../ffmpeg/encode-opus.js';
import {
  encodeRecording,
  EncodeSlots,
  oggOpusFile,
  probeRecording,
  recordingLimits,
  samplesPerSecond,
  type AudioTools,
} from '../index.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let tools: AudioTools;
let workFolder: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  tools = audioTools();
  workFolder = join(folder.path, 'work');
  await mkdir(workFolder);
});
afterAll(() => folder.remove());

async function made(name: string, options: readonly string[]): Promise<string> {
  const path = join(folder.path, name);
  await makeAudio(tools, [...options, path]);
  return path;
}

type Options = Parameters<typeof encodeRecording>[0];

/** Encodes in sections of about `sectionSeconds`. */
const encode = async (inputPath: string, more: Partial<Options> = {}): Promise<OpusEncoding> => {
  const found = { tools, inputPath, limits: recordingLimits(3600) };
  return encodeRecording({
    ...{ ...found, facts: await probeRecording(found), workFolder },
    ...{ slots: new EncodeSlots(2), sectionSeconds: 10 },
    ...more,
  });
};

const encodeInOnePiece = (inputPath: string): Promise<OpusEncoding> =>
  encodeOpus({ tools, inputPath, facts: factsOf(inputPath), workFolder, limits: recordingLimits(3600) });

interface Encoded {
  readonly audio: Float32Array;
  readonly totalSamples: number;
  readonly bytes: Buffer;
}

interface Written extends Omit<Encoded, 'audio'> {
  readonly path: string;
}

async function write(encoding: OpusEncoding, name: string): Promise<Written> {
  const bytes = await buffer(Readable.from(oggOpusFile(encoding, 1)));
  const path = join(workFolder, `${name}.opus`);
  await writeFile(path, bytes);
  return { path, totalSamples: encoding.totalSamples(), bytes };
}

async function finish(encoding: OpusEncoding, name: string): Promise<Encoded> {
  const { path, totalSamples, bytes } = await write(encoding, name);
  return { audio: await decode(tools, path), totalSamples, bytes };
}

/** A filter for what the encoder is given: 48 kHz mono, all channels mixed. */
const encoderInput = 'aformat=sample_fmts=s16:sample_rates=48000:channel_layouts=mono';

/** 44.1 kHz stereo of this length; no two sections are alike. */
const stereo = (seconds: number): string[] => ['-i', speech('en'), ...stereoOutput(seconds)];
const stereoOutput = (seconds: number): string[] => ['-af', 'aresample=44100', '-ac', '2', '-t', String(seconds)];

describe('encodeRecording joins sections without a gap', () => {
  /** In pauses of the recording, a single encode has almost no error. */
  const inaudibleDecibels = -75;

  const recordings = [
    ['speech.wav', []],
    ['float.wav', ['-c:a', 'pcm_f32le', '-ar', '96000']],
    ['telephone.wav', ['-c:a', 'pcm_mulaw', '-ar', '8000', '-ac', '1']],
    ['speech.w64', []],
    ['speech.aiff', []],
    ['speech.caf', []],
    ['alac.caf', ['-c:a', 'alac']],
    ['speech.flac', []],
    ['constant.mp3', ['-b:a', '128k']],
    ['variable.mp3', ['-q:a', '4']],
    ['speech.m4a', ['-c:a', 'aac', '-b:a', '128k']],
    ['alac.m4a', ['-c:a', 'alac']],
    ['speech.mov', ['-c:a', 'pcm_s16le']],
  ] as const;
  const rows = rowsOfForm(recordings, ['speech.m4a']);
  beforeAll(async () => {
    const outputs = rows.map(([name, options]) => [...stereoOutput(11.27), ...options, join(folder.path, name)]);
    await makeAudio(tools, ['-i', speech('en'), ...outputs.flat()]);
  });

  it.each(rows.map(([name]) => name))('%s', async (name) => {
    await expectGapless(join(folder.path, name), { sectionSeconds: 3 }, [3, 6, 9]); // four sections
  });

  it('if divided into the part needed first and the rest', async () => {
    await expectGapless(await made('first.wav', stereo(35.27)), { sectionSeconds: 20, firstSeconds: 12 }, [7, 13, 25]);
  });

  async function expectGapless(inputPath: string, more: Partial<Options>, joinedAt: readonly number[]): Promise<void> {
    const ours = await write(await encode(inputPath, more), 'joined');
    const theirs = await write(await encodeInOnePiece(inputPath), 'single');
    expect(ours.bytes.equals(theirs.bytes)).toBe(false); // proves that it was made of sections
    expect(ours.totalSamples).toBe(theirs.totalSamples);
    const decoded = await decodeAll(tools, [[ours.path], [theirs.path], [inputPath, encoderInput]]);
    const [joined, single, source] = decoded as [Float32Array, Float32Array, Float32Array];
    expect(joined).toHaveLength(single.length);

    for (const seconds of joinedAt) {
      const around = (audio: Float32Array): Float32Array =>
        audio.subarray((seconds - 0.1) * samplesPerSecond, (seconds + 0.1) * samplesPerSecond);
      // Two encoders round differently everywhere. What counts is that the audio at the joins is as close to the
      // source as in a single encode: an extra, a missing or an unsettled packet is at least 10 dB worse.
      const error = (audio: Float32Array): number =>
        levelDecibels(around(audio).map((x, at) => x - (original[at] ?? 0)));
      const original = around(source);
      expect(error(joined)).toBeLessThan(Math.max(error(single) + 2, inaudibleDecibels));
    }
  }
});

describe('encodeRecording and the real end of a recording', () => {
  it('finds it if the container states a longer length', async () => {
    const inputPath = await made('cut.mp3', [...stereo(35.27), '-b:a', '128k']);
    const whole = await readFile(inputPath);
    await writeFile(inputPath, whole.subarray(0, Math.floor(whole.length * 0.6)));
    const [ours, theirs] = [await finish(await encode(inputPath), 'joined'), await encodeInOnePiece(inputPath)];
    expect(ours.totalSamples).toBe((await write(theirs, 'single')).totalSamples);
    expect(ours.totalSamples / samplesPerSecond).toBeLessThan(22);
    expect(ours.audio).toHaveLength(ours.totalSamples);
  });

  it.each(pickOfForm([18.005], [17.99, 18, 18.005, 20]))('finds it at %s s, next to a join', async (seconds) => {
    const inputPath = await made('end.wav', stereo(seconds));
    const ours = await finish(await encode(inputPath, { sectionSeconds: 9 }), 'joined');
    const theirs = await write(await encodeInOnePiece(inputPath), 'single');
    expect(ours.totalSamples).toBe(theirs.totalSamples);
    expect(ours.audio).toHaveLength(ours.totalSamples);
  });

  longIt('finds it after damage in the middle, and loses only what cannot be decoded', async () => {
    const inputPath = await made('damaged.flac', stereo(40));
    const bytes = await readFile(inputPath);
    const [from, to] = [0.35, 0.42].map((part) => Math.floor(part * bytes.length));
    await writeFile(inputPath, bytes.fill(0x55, from, to));
    const ours = await finish(await encode(inputPath), 'joined');
    expect(ours.audio).toHaveLength(ours.totalSamples);
    expect(ours.totalSamples / samplesPerSecond).toBeGreaterThan(34);
    expect(ours.totalSamples / samplesPerSecond).toBeLessThan(40);
  });
});

describe('encodeRecording encodes in one piece', () => {
  it.each([
    ['a container in which seeking is not exact', 'a.webm', ['-c:a', 'libopus'], {}],
    ['a recording that is too short for sections', 'a.flac', [], { sectionSeconds: 30 }],
    ['a recording of unknown length', 'b.flac', [], { facts: { ...flacFacts, durationSeconds: null } }],
    ['a process that may run one ffmpeg', 'c.flac', [], { slots: new EncodeSlots(1) }],
  ])('for %s', async (_, name, options, more) => {
    const inputPath = await made(name, [...stereo(12), ...options]);
    const ours = await write(await encode(inputPath, more), 'ours');
    expect(ours.bytes.equals((await write(await encodeInOnePiece(inputPath), 'single')).bytes)).toBe(true);
  });
});
