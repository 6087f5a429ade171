import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { audioLab } from '../../../../test/support/audio-lab.js';
import { makeAudio, speech } from '../../../../test/support/audio-measure.js';
import { expectTrack, plainTrack } from '../../../../test/support/plain-track.js';
import { processesNaming } from '../../../../test/support/running-processes.js';
import { longDescribe, pickOfForm, rowsOfForm } from '../../../../test/support/test-form.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import {
  encodeRecording,
  EncodeSlots,
  encodeToFile,
  measureRecording,
  oggOpusFile,
  probeRecording,
  recordingLimits,
  type AnalysisTrack,
  type RecordingEncoding,
} from '../index.js';

/* The analysis track must not depend on how a recording is divided: byte for byte, it is that of one plain decode. */

const lab = audioLab();
const limits = recordingLimits(3600);
let files = 0;

async function made(extension: string, options: readonly string[]): Promise<string> {
  const path = join(lab.folder, `${(files += 1)}.${extension}`);
  await makeAudio(lab.tools, [...options, path]);
  return path;
}

/** 44.1 kHz stereo; no two seconds are alike. */
const stereo = (seconds: number): string[] => [
  ...['-i', speech('en'), '-af', 'aresample=44100', '-ac', '2', '-t', String(seconds)],
];

type Options = Partial<Parameters<typeof encodeRecording>[0]>;

async function start(inputPath: string, more: Options): Promise<RecordingEncoding> {
  const found = { tools: lab.tools, inputPath, limits };
  const facts = await probeRecording(found);
  return encodeRecording({ ...found, facts, workFolder: lab.folder, slots: new EncodeSlots(2), ...more });
}

interface Encoded {
  readonly track: AnalysisTrack | null;
  readonly totalSamples: number;
  /** The original as it would be stored. */
  readonly ogg: Buffer;
}

async function encode(inputPath: string, more: Options): Promise<Encoded> {
  const encoding = await start(inputPath, more);
  const ogg = await buffer(Readable.from(oggOpusFile(encoding, 1)));
  return { track: encoding.track(), totalSamples: encoding.totalSamples(), ogg };
}

const measure = (inputPath: string, signal?: AbortSignal): Promise<AnalysisTrack> =>
  measureRecording({ tools: lab.tools, inputPath, workFolder: lab.folder, limits, signal });

/** Half decibels, on average over the frames. Speech that is shifted by 0.2 s differs by more than 6. */
const difference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, level, at) => sum + Math.abs(level - (b[at] ?? 255)), 0) / a.length;

/** Expects a track to fit the encoded audio, frame by frame, apart from the loss of the encoding. */
async function expectInStep(track: AnalysisTrack | null, ogg: Buffer): Promise<void> {
  const path = join(lab.folder, `${(files += 1)}.opus`);
  await writeFile(path, ogg);
  const { level, totalSamples } = await measure(path);
  expect(track?.totalSamples).toBe(totalSamples);
  expect(difference(track?.level ?? level, level)).toBeLessThan(3);
  expect(difference(track?.level.subarray(10) ?? level, level)).toBeGreaterThan(6); // proves that it would be seen
}

/** @returns the length in samples, once the tracks of both are found equal to that of a plain decode */
async function expectOneTrack(inputPath: string, divided: Options): Promise<number> {
  const whole = await encode(inputPath, { inOnePiece: true });
  const sections = await encode(inputPath, divided);
  expect(sections.ogg.equals(whole.ogg)).toBe(false); // proves that it was made of sections
  const expected = await plainTrack(lab.tools, inputPath, whole.totalSamples);
  expectTrack(whole.track, expected);
  expectTrack(sections.track, expected);
  return whole.totalSamples;
}

describe('RecordingEncoding.track of a recording in sections', () => {
  const recordings = [
    ['wav', []],
    ['float.wav', ['-c:a', 'pcm_f32le', '-ar', '96000']],
    ['telephone.wav', ['-c:a', 'pcm_mulaw', '-ar', '8000', '-ac', '1']],
    ['odd.wav', ['-ar', '11025']],
    ['w64', []],
    ['aiff', []],
    ['alac.caf', ['-c:a', 'alac']],
    ['flac', []],
    ['constant.mp3', ['-b:a', '128k']],
    ['variable.mp3', ['-q:a', '4', '-ar', '22050']],
    ['m4a', ['-c:a', 'aac', '-aac_pns', '0']],
    ['mov', ['-c:a', 'pcm_s16le']],
  ] as const;

  it.each(rowsOfForm(recordings, ['m4a']))('is that of one pass (%s)', async (name, options) => {
    await expectOneTrack(await made(name, [...stereo(13.271), ...options]), { sectionSeconds: 3 });
  });

  it('is that of one pass for every length and every division', async () => {
    const division = fc.record({
      samples: fc.integer({ min: 12 * 44_100, max: 30 * 44_100 }),
      sectionSeconds: fc.integer({ min: 3, max: 11 }),
      firstSeconds: fc.integer({ min: 0, max: 12 }),
    });
    const property = fc.asyncProperty(division, async ({ samples, sectionSeconds, firstSeconds }) => {
      const filters = ['-af', `aresample=44100,atrim=end_sample=${samples}`, '-ac', '2'];
      const inputPath = await made('wav', ['-i', speech('it'), ...filters]);
      await expectOneTrack(inputPath, { sectionSeconds, firstSeconds });
    });
    await fc.assert(property, { numRuns: pickOfForm(1, 6), seed: 20_261_129, endOnFailure: true });
  });

  const ends = pickOfForm([18.0001], [17.49, 17.99, 18, 18.0001, 18.005, 20]);
  it.each(ends)('is that of one pass if it ends at %s s, next to a join', async (end) => {
    const total = await expectOneTrack(await made('wav', stereo(end)), { sectionSeconds: 9 });
    expect(Math.abs(total - 48_000 * end)).toBeLessThan(3);
  });

  it('ends where the audio does, if the container states a longer length', async () => {
    const inputPath = await made('mp3', [...stereo(35.27), '-b:a', '128k']);
    const bytes = await readFile(inputPath);
    await writeFile(inputPath, bytes.subarray(0, Math.floor(bytes.length * 0.6)));
    const { track, totalSamples } = await encode(inputPath, { sectionSeconds: 6 });
    expectTrack(track, await plainTrack(lab.tools, inputPath, totalSamples));
    expect(track?.level).toHaveLength(Math.ceil(totalSamples / 960));
  });

  it('fits the audio that is left of a damaged recording', async () => {
    const inputPath = await made('flac', stereo(40));
    const bytes = await readFile(inputPath);
    const [from, to] = [0.35, 0.42].map((part) => Math.floor(part * bytes.length));
    await writeFile(inputPath, bytes.fill(0x55, from, to));
    const { track, ogg } = await encode(inputPath, { sectionSeconds: 8 });
    await expectInStep(track, ogg);
  });

  it('is there only after the last packet', async () => {
    const encoding = await start(await made('wav', stereo(12)), { sectionSeconds: 3 });
    expect(() => encoding.track()).toThrow('known only after the last packet');
    await encoding.close();
  });
});

longDescribe('the track of a recording whose sample rate changes midway', () => {
  let changing: string;
  beforeAll(async () => {
    const parts = await Promise.all([
      made('mp3', [...stereo(10.37), '-b:a', '128k']),
      made('mp3', ['-i', speech('it'), '-t', '9.7', '-ar', '22050', '-ac', '1']),
      made('mp3', ['-ss', '20', ...stereo(5)]),
    ]);
    changing = join(lab.folder, 'changing.mp3');
    await writeFile(changing, Buffer.concat(await Promise.all(parts.map((path) => readFile(path)))));
  });

  it('is null, or in step with the packets', async () => {
    const { track, ogg } = await encode(changing, {});
    if (track !== null) await expectInStep(track, ogg); // a newer ffmpeg may drop nothing
  });

  it('is measured from the encoded file by encodeToFile', async () => {
    const outputPath = join(lab.folder, 'changing.opus');
    const facts = await probeRecording({ tools: lab.tools, inputPath: changing, limits });
    const options = { tools: lab.tools, inputPath: changing, workFolder: lab.folder, facts, limits };
    const { track, durationSamples } = await encodeToFile({ ...options, outputPath, serial: 1 });
    expect(track.totalSamples).toBe(durationSamples);
    await expectInStep(track, await readFile(outputPath));
  });
});

describe('measureRecording', () => {
  let original: string;
  beforeAll(async () => {
    original = join(lab.folder, 'original.opus');
    const inputPath = await made('flac', stereo(14.123));
    const facts = await probeRecording({ tools: lab.tools, inputPath, limits });
    const options = { tools: lab.tools, inputPath, workFolder: lab.folder, facts, limits };
    const { track, durationSamples } = await encodeToFile({ ...options, outputPath: original, serial: 7 });
    expectTrack(track, await plainTrack(lab.tools, inputPath, durationSamples));
  });

  it('returns the track of a plain decode', async () => {
    const track = await measure(original);
    expect(track.totalSamples).toBe(Math.round(14.123 * 48_000));
    expectTrack(track, await plainTrack(lab.tools, original, track.totalSamples));
  });

  it('throws conversion_failed for a file that this project has not written', async () => {
    await expect(measure(speech('en'))).rejects.toMatchObject({ code: 'conversion_failed' });
    const cut = join(lab.folder, 'cut.opus');
    const bytes = await readFile(original);
    await writeFile(cut, bytes.subarray(0, bytes.length / 2));
    await expect(measure(cut)).rejects.toMatchObject({ code: 'conversion_failed' });
  });

  it('throws the reason of an abort and leaves no ffmpeg', async () => {
    const [stop, reason] = [new AbortController(), new Error('the worker is asked to stop')];
    const measuring = measure(original, stop.signal);
    const failing = expect(measuring).rejects.toBe(reason);
    stop.abort(reason);
    await failing;
    await waitFor('ffmpeg is gone', async () => (await processesNaming(original)).length === 0);
  });
});
