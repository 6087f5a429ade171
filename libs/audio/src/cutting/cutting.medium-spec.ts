import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  audioTools,
  correlation,
  decode,
  differenceDecibels,
  energyEnvelope,
  speech,
  temporaryFolder,
} from '../../../../test/support/audio-measure.js';
import { factsOf } from '../../../../test/support/recording-facts.js';
import { pickOfForm } from '../../../../test/support/test-form.js';
import { encodeOpus } from '../ffmpeg/encode-opus.js';
import {
  LiveCutter,
  OggOpusWriter,
  readOpusStream,
  recordingLimits,
  type AudioTools,
  type CutSample,
  type OpusStream,
} from '../index.js';

const windowSamples = 15 * 48_000;
const windows = { windowSeconds: 15, maxSamples: 25 };

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let tools: AudioTools;

beforeAll(async () => {
  folder = await temporaryFolder();
  tools = audioTools();
});
afterAll(() => folder.remove());

/** Splits a stream as the worker does: passes every packet to the stored original and to the cutter. */
async function split(stream: OpusStream): Promise<{ original: Buffer; samples: CutSample[] }> {
  const writer = new OggOpusWriter({ preSkip: stream.preSkip, serial: 1 });
  const cutter = new LiveCutter({ windows, streamPreSkip: stream.preSkip, serialOf: (index) => index });
  const pages: Buffer[] = [];
  const samples: CutSample[] = [];
  for await (const batch of stream.batches) {
    pages.push(...writer.write(batch));
    samples.push(...cutter.push(batch));
  }
  pages.push(...writer.end(stream.totalSamples()));
  samples.push(...cutter.finish(stream.totalSamples()));
  return { original: Buffer.concat(pages), samples };
}

const encode = (inputPath: string) =>
  encodeOpus({ tools, inputPath, facts: factsOf(inputPath), workFolder: folder.path, limits: recordingLimits(3600) });

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 65_521) yield bytes.subarray(at, at + 65_521);
}

describe.each(pickOfForm(['en'] as const, ['en', 'fr', 'ru'] as const))('samples cut from %s speech', (language) => {
  let original: Float32Array;
  let originalBytes: Buffer;
  let samples: CutSample[];

  beforeAll(async () => {
    const result = await split(await encode(speech(language)));
    originalBytes = result.original;
    samples = result.samples;
    const path = join(folder.path, `${language}.opus`);
    await writeFile(path, originalBytes);
    original = await decode(tools, path);
  });

  it('are the consecutive windows of the recording, whose stored original is complete', async () => {
    expect(samples.map(({ index, startSamples }) => [index, startSamples])).toEqual(
      [0, 1, 2, 3, 4].map((window) => [window + 1, window * windowSamples]),
    );
    expect(original).toHaveLength(75 * 48_000);
    const source = await decode(tools, speech(language));
    expect(correlation(energyEnvelope(original), energyEnvelope(source))).toBeGreaterThan(0.98);
  });

  it('decode to exactly their length, right from the first millisecond', async () => {
    for (const sample of samples) {
      const path = join(folder.path, `${language}-${sample.index}.opus`);
      await writeFile(path, sample.bytes);
      const decoded = await decode(tools, path);
      expect(decoded).toHaveLength(windowSamples);
      const expected = original.subarray(sample.startSamples, sample.startSamples + windowSamples);
      expect(differenceDecibels(decoded.subarray(0, 9600), expected.subarray(0, 9600))).toBeLessThan(-40);
      expect(differenceDecibels(decoded, expected)).toBeLessThan(-60);
    }
  });

  it('have about 96 kbit/s', () => {
    for (const sample of samples) {
      const kilobits = (sample.bytes.length * 8) / 15 / 1000;
      expect(kilobits).toBeLessThanOrEqual(106);
      expect(kilobits).toBeGreaterThanOrEqual(60);
    }
  });

  it('are the same bytes if cut from the stored original', async () => {
    const again = await split(await readOpusStream(once(originalBytes)));
    expect(again.original.equals(originalBytes)).toBe(true);
    expect(again.samples.map(({ bytes }) => bytes.toString('base64'))).toEqual(
      samples.map(({ bytes }) => bytes.toString('base64')),
    );
  });
});

describe('LiveCutter on a running encode', () => {
  it('returns the first samples while the recording is still being encoded', async () => {
    const encoding = await encode(speech('es'));
    const cutter = new LiveCutter({ windows, streamPreSkip: encoding.preSkip, serialOf: () => 7 });
    let packets = 0;
    for await (const batch of encoding.batches) {
      packets += batch.length;
      if (cutter.push(batch).length > 0) break;
    }
    // 15 s are 750 packets. A page of ffmpeg has about 50, a chunk of its output a few pages.
    expect(packets).toBeGreaterThan(750);
    expect(packets).toBeLessThan(1500);
  });

  it('fails for a truncated stored original', async () => {
    const { original } = await split(await encode(speech('it')));
    const stream = await readOpusStream(once(original.subarray(0, original.length - 1000)));
    await expect(split(stream)).rejects.toMatchObject({ code: 'conversion_failed' });
    const source = await readFile(speech('it'));
    await expect(readOpusStream(once(source))).rejects.toMatchObject({ code: 'conversion_failed' });
  });
});
