import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  audioToolsOfThisMachine,
  decode,
  levelDecibels,
  makeAudio,
  speech,
  temporaryFolder,
} from '../../../test/support/audio-measure.js';
import { processesNaming } from '../../../test/support/running-processes.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { wavFacts } from '../../../test/support/recording-facts.js';
import {
  conversionLimits,
  encodeOpus,
  encodeRecording,
  EncodeSlots,
  oggOpusFile,
  probeRecording,
  recordingLimits,
  samplesPerSecond,
  type AudioTools,
  type OpusEncoding,
} from './index.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let tools: AudioTools;
let workFolder: string;
/** Ten minutes of noise: longer to encode than a test that ends it waits. */
let longPath: string;
/** Noise for those that are encoded to their end. */
let noisePath: string;
const noiseSeconds = 150;

beforeAll(async () => {
  folder = await temporaryFolder();
  tools = await audioToolsOfThisMachine(join(folder.path, 'launchers'));
  workFolder = join(folder.path, 'work');
  await mkdir(workFolder);
  longPath = await made('long.wav', ['-f', 'lavfi', '-i', 'anoisesrc=d=600:r=16000:a=0.3']);
  noisePath = await made('noise.wav', ['-i', longPath, '-t', String(noiseSeconds)]);
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
  encodeOpus({ tools, inputPath, facts: wavFacts, workFolder, limits: recordingLimits(3600) });

interface Encoded {
  readonly audio: Float32Array;
  readonly totalSamples: number;
  readonly bytes: Buffer;
}

async function finish(encoding: OpusEncoding, name: string): Promise<Encoded> {
  const bytes = await buffer(Readable.from(oggOpusFile(encoding, 1)));
  const path = join(workFolder, `${name}.opus`);
  await writeFile(path, bytes);
  return { audio: await decode(tools, path), totalSamples: encoding.totalSamples(), bytes };
}

async function countPackets(encoding: OpusEncoding): Promise<number> {
  let packets = 0;
  for await (const batch of encoding.batches) packets += batch.length;
  return packets;
}

/** 48 kHz mono, all channels mixed. */
const encoderInput = (inputPath: string): Promise<Float32Array> =>
  decode(tools, inputPath, 'aformat=sample_fmts=s16:sample_rates=48000:channel_layouts=mono');

const goneFrom = (path: string) => waitFor('ffmpeg is gone', async () => (await processesNaming(path)).length === 0);

/** 44.1 kHz stereo of the length, from English and Russian, so that no two sections are alike. */
const stereo = (seconds: number): string[] => [
  ...['-i', speech('en'), '-i', speech('ru')],
  ...['-filter_complex', '[0][1]concat=n=2:v=0:a=1,aresample=44100', '-ac', '2', '-t', String(seconds)],
];

describe('sections are joined without a gap', () => {
  /** Where the recording pauses a single encode has next to no error. */
  const inaudibleDecibels = -75;

  it.each([
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
  ])('%s', async (name, options) => {
    const inputPath = await made(name, [...stereo(19.27), ...options]);
    await expectGapless(inputPath, { sectionSeconds: 6 }, [5, 10, 15]); // four sections
  });

  it('divided into what is waited for and the rest', async () => {
    await expectGapless(await made('first.wav', stereo(35.27)), { sectionSeconds: 20, firstSeconds: 12 }, [7, 13, 25]);
  });

  async function expectGapless(inputPath: string, more: Partial<Options>, joinedAt: readonly number[]): Promise<void> {
    const ours = await finish(await encode(inputPath, more), 'joined');
    const theirs = await finish(await encodeInOnePiece(inputPath), 'single');
    expect(ours.bytes.equals(theirs.bytes)).toBe(false); // it was made of sections
    expect(ours.totalSamples).toBe(theirs.totalSamples);
    expect(ours.audio).toHaveLength(theirs.audio.length);

    const source = await encoderInput(inputPath);
    for (const seconds of joinedAt) {
      const around = (audio: Float32Array): Float32Array =>
        audio.subarray((seconds - 0.1) * samplesPerSecond, (seconds + 0.1) * samplesPerSecond);
      // Two encoders round differently, everywhere. What counts is that where sections meet the audio is as near to the
      // source as a single encode is: a packet too many, too few or cold is 10 dB worse and more.
      const error = (audio: Float32Array): number =>
        levelDecibels(around(audio).map((x, at) => x - (original[at] ?? 0)));
      const original = around(source);
      expect(error(ours.audio)).toBeLessThan(Math.max(error(theirs.audio) + 2, inaudibleDecibels));
    }
  }
});

describe('where the recording really ends', () => {
  it('is found when its container promised more', async () => {
    const inputPath = await made('cut.mp3', [...stereo(35.27), '-b:a', '128k']);
    const whole = await readFile(inputPath);
    await writeFile(inputPath, whole.subarray(0, Math.floor(whole.length * 0.6)));
    const [ours, theirs] = [await finish(await encode(inputPath), 'joined'), await encodeInOnePiece(inputPath)];
    expect(ours.totalSamples).toBe((await finish(theirs, 'single')).totalSamples);
    expect(ours.totalSamples / samplesPerSecond).toBeLessThan(22);
    expect(ours.audio).toHaveLength(ours.totalSamples);
  });

  it.each([17.99, 18, 18.005, 20])('may be at %s s, next to where sections meet', async (seconds) => {
    const inputPath = await made('end.wav', stereo(seconds));
    const ours = await finish(await encode(inputPath, { sectionSeconds: 9 }), 'joined');
    const theirs = await finish(await encodeInOnePiece(inputPath), 'single');
    expect(ours.totalSamples).toBe(theirs.totalSamples);
    expect(ours.audio).toHaveLength(ours.totalSamples);
  });

  it('is past damage in the middle, of which only what cannot be decoded is missing', async () => {
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

describe('one piece', () => {
  it.each([
    ['a container in which seeking is not exact', 'a.webm', ['-c:a', 'libopus'], {}],
    ['a recording that is too short for sections', 'a.flac', [], { sectionSeconds: 30 }],
    ['one nobody knows the length of', 'b.flac', [], { facts: { ...wavFacts, durationSeconds: null } }],
    ['a process that may run one ffmpeg', 'c.flac', [], { slots: new EncodeSlots(1) }],
  ])('for %s', async (_, name, options, more) => {
    const inputPath = await made(name, [...stereo(12), ...options]);
    const ours = await finish(await encode(inputPath, more), 'ours');
    expect(ours.bytes.equals((await finish(await encodeInOnePiece(inputPath), 'single')).bytes)).toBe(true);
  });
});

describe('the slots of the process', () => {
  it('bound the ffmpegs of all jobs; what is idle is used, and all come back', async () => {
    const slots = new EncodeSlots(3);
    const encodings = await Promise.all([1, 2].map(() => encode(noisePath, { slots, sectionSeconds: 15 })));
    const counts: number[] = [];
    const reading = Promise.all(encodings.map(countPackets));
    const over = reading.then(() => true);
    while (!(await Promise.race([over, new Promise<false>((resolve) => setTimeout(() => resolve(false), 20))]))) {
      counts.push((await processesNaming(noisePath)).length);
    }
    expect(Math.max(...counts)).toBe(3);
    expect(await reading).toEqual([noiseSeconds * 50 + 1, noiseSeconds * 50 + 1]);
    await Promise.all([slots.take(), slots.take(), slots.take()]);
  });

  it('go to a job that arrives before another section of the one that has two', async () => {
    const slots = new EncodeSlots(2);
    const first = await encode(noisePath, { slots, sectionSeconds: 25 });
    const reading = countPackets(first);
    await waitFor('both slots are in use', async () => (await processesNaming(noisePath)).length === 2);
    let isFirstDone = false;
    void reading.then(() => (isFirstDone = true));
    const second = await encode(speech('en'), { slots, sectionSeconds: 600 });
    expect(isFirstDone).toBe(false);
    expect(await countPackets(second)).toBe(75 * 50 + 1);
    expect(await reading).toBe(noiseSeconds * 50 + 1);
  });

  it('does not run ahead of its reader by more than one section a slot and one', async () => {
    const slots = new EncodeSlots(2);
    const encoding = await encode(noisePath, { slots, sectionSeconds: 5 });
    await goneFrom(noisePath); // three sections wait to be read, none is under way
    expect(await countPackets(encoding)).toBe(noiseSeconds * 50 + 1);
    await Promise.all([slots.take(), slots.take()]);
  });
});

describe('the end of one section is the end of all', () => {
  const allSlotsAreFree = async (slots: EncodeSlots): Promise<void> => {
    await Promise.all(Array.from({ length: slots.count }, () => slots.take()));
  };

  /** Of 300 s sections the second begins, with its lead, at 299 s. */
  const secondSection = async (): Promise<number[]> => {
    const ours = await processesNaming(longPath);
    return (await processesNaming('atrim=start=299')).filter((id) => ours.includes(id));
  };

  it('when one is killed from outside, as a passing failure', async () => {
    const slots = new EncodeSlots(2);
    const encoding = await encode(longPath, { slots, sectionSeconds: 300 });
    const failing = expect(countPackets(encoding)).rejects.toMatchObject({ code: 'unavailable' });
    await waitFor('both are under way', async () => (await processesNaming(longPath)).length === 2);
    for (const id of await secondSection()) process.kill(id, 'SIGTERM');
    await failing;
    expect(await processesNaming(longPath)).toEqual([]);
    await allSlotsAreFree(slots);
  });

  it('when one makes no progress', async () => {
    const processLimits = { ...conversionLimits(3600), stallSeconds: 1 };
    const encoding = await encode(longPath, { processLimits, sectionSeconds: 300 });
    const failing = expect(countPackets(encoding)).rejects.toMatchObject({ code: 'conversion_stalled' });
    await waitFor('both are under way', async () => (await processesNaming(longPath)).length === 2);
    for (const id of await secondSection()) process.kill(id, 'SIGSTOP');
    await failing;
    await goneFrom(longPath);
  });

  it.each([
    ['CPU time', { cpuSeconds: 1 }],
    ['wall clock', { wallSeconds: 0.3 }],
  ])('when one is over its %s', async (_, exceeded) => {
    const processLimits = { ...conversionLimits(3600), ...exceeded };
    const reading = encode(longPath, { processLimits, sectionSeconds: 300 }).then(countPackets);
    await expect(reading).rejects.toMatchObject({ code: 'conversion_over_limits' });
    await goneFrom(longPath);
  });

  it('when the recording is over the limit', async () => {
    const slots = new EncodeSlots(2);
    const encoding = await encode(longPath, { slots, limits: recordingLimits(100), sectionSeconds: 150 });
    await expect(countPackets(encoding)).rejects.toMatchObject({ code: 'unusable_audio' });
    expect(await processesNaming(longPath)).toEqual([]);
    await allSlotsAreFree(slots);
  });

  it('when it is aborted, with the reason of that', async () => {
    const [slots, stop, reason] = [new EncodeSlots(2), new AbortController(), new Error('the worker is asked to stop')];
    const reading = countPackets(await encode(longPath, { slots, signal: stop.signal, sectionSeconds: 150 }));
    await waitFor('both are under way', async () => (await processesNaming(longPath)).length === 2);
    stop.abort(reason);
    await expect(reading).rejects.toBe(reason);
    expect(await processesNaming(longPath)).toEqual([]);
    await allSlotsAreFree(slots);
  });

  it('when its reader leaves, or closes it unread', async () => {
    const slots = new EncodeSlots(2);
    const left = await encode(longPath, { slots, sectionSeconds: 150 });
    for await (const batch of left.batches) if (batch.length > 0) break;
    expect(await processesNaming(longPath)).toEqual([]);
    const unread = await encode(longPath, { slots, sectionSeconds: 150 });
    await unread.close();
    expect(await processesNaming(longPath)).toEqual([]);
    await allSlotsAreFree(slots);
  });
});
