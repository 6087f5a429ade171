import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  audioTools,
  correlation,
  decode,
  decodeAll,
  energyEnvelope,
  levelDecibels,
  makeAudio,
  speech,
  temporaryFolder,
} from '../../../../test/support/audio-measure.js';
import { makeStrange } from '../../../../test/fixtures/make-strange.js';
import { HeldTimers } from '../../../../test/support/held-timers.js';
import { processesNaming, schedulingPolicyOf } from '../../../../test/support/running-processes.js';
import { rowsOfForm } from '../../../../test/support/test-form.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { factsOf } from '../../../../test/support/recording-facts.js';
import { encodeOpus } from './encode-opus.js';
import { conversionLimits } from './limits.js';
import { encodeToFile, recordingLimits, type AudioTools } from '../index.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let tools: AudioTools;
let workFolder: string;

/** Ten minutes of noise, which take longer to encode than any test waits. */
let longPath: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  tools = audioTools();
  workFolder = join(folder.path, 'work');
  await mkdir(workFolder);
  longPath = join(folder.path, 'long.wav');
  await makeAudio(tools, ['-f', 'lavfi', '-i', 'anoisesrc=d=600:r=16000:a=0.3', longPath]);
});
afterAll(() => folder.remove());
afterEach(() => {
  jest.restoreAllMocks();
});

const encode = (inputPath: string, more: Partial<Parameters<typeof encodeOpus>[0]> = {}) =>
  encodeOpus({ tools, inputPath, facts: factsOf(inputPath), workFolder, limits: recordingLimits(3600), ...more });

const stallMs = conversionLimits(3600).stallSeconds * 1000;

const toFile = (inputPath: string, maxSeconds = 300) => {
  const outputPath = join(workFolder, 'sample.opus');
  const limits = recordingLimits(maxSeconds);
  return encodeToFile({ tools, inputPath, facts: factsOf(inputPath), workFolder, outputPath, serial: 5, limits });
};

async function twelveSeconds(name: string): Promise<string> {
  const path = join(folder.path, name);
  await makeAudio(tools, ['-i', speech('en'), '-t', '12', path]);
  return path;
}

async function readAll(batches: AsyncIterable<readonly Uint8Array[]>): Promise<number> {
  let packets = 0;
  for await (const batch of batches) packets += batch.length;
  return packets;
}

const goneFrom = (path: string) => waitFor('ffmpeg is gone', async () => (await processesNaming(path)).length === 0);

describe('encodeOpus', () => {
  const recordings = [
    ['stereo.wav', ['-ac', '2', '-ar', '44100']],
    ['float.wav', ['-c:a', 'pcm_f32le', '-ar', '96000']],
    ['speech.mp3', ['-ac', '2', '-ar', '44100', '-b:a', '128k']],
    ['speech.m4a', ['-c:a', 'aac', '-b:a', '128k']],
    ['speech.aac', ['-c:a', 'aac', '-f', 'adts']],
    ['speech.ogg', ['-c:a', 'libopus']],
    ['speech.webm', ['-c:a', 'libopus']],
    ['speech.aiff', []],
  ] as const;
  const rows = rowsOfForm(recordings, ['stereo.wav', 'speech.mp3', 'speech.webm']);
  beforeAll(async () => {
    const outputs = rows.map(([name, options]) => ['-t', '12', ...options, join(folder.path, name)]);
    await makeAudio(tools, ['-i', speech('en'), ...outputs.flat()]);
  });

  it.each(rows.map(([name]) => name))('converts %s to Ogg Opus with the same speech', async (name) => {
    const inputPath = join(folder.path, name);
    const file = await toFile(inputPath);
    const [source, decoded] = (await decodeAll(tools, [[inputPath], [file.path]])) as [Float32Array, Float32Array];
    expect(decoded).toHaveLength(file.durationSamples);
    expect(Math.abs(file.durationSeconds - 12)).toBeLessThan(0.1);
    expect(correlation(energyEnvelope(decoded), energyEnvelope(source))).toBeGreaterThan(0.98);
    expect(Math.abs(levelDecibels(decoded) - levelDecibels(source))).toBeLessThan(0.3);
  });

  it('leaves no gaps where the time stamps have pauses', async () => {
    const inputPath = join(folder.path, 'paused.webm');
    const paused = ['-af', "aselect='not(between(t,3,5))'", '-t', '10'];
    await makeAudio(tools, ['-i', speech('en'), ...paused, '-c:a', 'libopus', inputPath]);
    const file = await toFile(inputPath);
    expect(await decode(tools, file.path)).toHaveLength(file.durationSamples);
    expect(file.durationSeconds).toBeGreaterThan(7.5);
    expect(file.durationSeconds).toBeLessThan(8.5);
  });

  // ffmpeg rebuilds its filters there. Seconds that are between the ends of two pieces of PCM.
  it.each([2.5, 7.9] as const)('loses nothing where the number of channels changes, after %d s', async (seconds) => {
    const inputPath = await makeStrange(tools, folder.path, `mono-to-stereo-after-${seconds}-s.aac`);
    const file = await toFile(inputPath);
    const [source, decoded] = (await decodeAll(tools, [[inputPath], [file.path]])) as [Float32Array, Float32Array];
    expect(decoded).toHaveLength(file.durationSamples);
    // ffmpeg itself loses what its resampler and its encoder's frame still hold.
    expect(Math.abs(decoded.length - source.length) / 48_000).toBeLessThan(0.03);
    expect(correlation(energyEnvelope(decoded), energyEnvelope(source))).toBeGreaterThan(0.95);
  });

  it('reads a piped WAV without a length to its end', async () => {
    const inputPath = join(folder.path, 'piped.wav');
    const whole = join(folder.path, 'whole.wav');
    await makeAudio(tools, ['-i', speech('en'), '-t', '3', '-bitexact', whole]);
    const bytes = await readFile(whole);
    bytes.writeUInt32LE(0xffffffff, 4);
    bytes.writeUInt32LE(0xffffffff, bytes.indexOf('data') + 4);
    await writeFile(inputPath, bytes);
    expect((await toFile(inputPath)).durationSamples).toBe(3 * 48_000);
  });

  it('gives the same bytes if it runs twice', async () => {
    const inputPath = await twelveSeconds('twice.flac');
    const first = await toFile(inputPath);
    const bytes = await readFile(first.path);
    const second = await toFile(inputPath);
    expect(second).toEqual(first);
    expect((await readFile(second.path)).equals(bytes)).toBe(true);
    expect(bytes).toHaveLength(first.bytes);
  });
});

describe('encodeOpus with limits', () => {
  it('rejects a too long recording during the conversion and publishes nothing', async () => {
    await rm(join(workFolder, 'sample.opus'), { force: true });
    await expect(toFile(speech('en'), 10)).rejects.toMatchObject({
      code: 'unusable_audio',
      message: 'The recording is longer than 10 seconds',
    });
    expect(await readdir(workFolder)).toEqual([]);
    expect((await toFile(await twelveSeconds('limit.flac'), 12)).durationSeconds).toBe(12);
  });

  it('stops at the limit for hours of silence in a small FLAC', async () => {
    const inputPath = join(folder.path, 'bomb.flac');
    const lavfi = ['-f', 'lavfi', '-i', 'anullsrc=r=8000:cl=mono:n=65535:d=7200'];
    await makeAudio(tools, [...lavfi, '-frame_size', '65535', '-compression_level', '0', inputPath]);
    let encodedSeconds = 0;
    const encoding = await encode(inputPath, {
      limits: recordingLimits(60),
      onProgress: (seconds) => (encodedSeconds = seconds),
    });
    await expect(readAll(encoding.batches)).rejects.toMatchObject({ code: 'unusable_audio' });
    expect(encodedSeconds).toBeLessThan(61);
    await goneFrom(inputPath);
  });

  it('rejects a recording shorter than a second', async () => {
    const inputPath = join(folder.path, 'short.wav');
    await makeAudio(tools, ['-i', speech('en'), '-t', '0.3', inputPath]);
    await expect(toFile(inputPath)).rejects.toMatchObject({ message: 'The recording is shorter than 1 second' });
  });

  it.each([
    ['wall clock', { wallSeconds: 0.2 }],
    ['CPU time', { cpuSeconds: 1 }],
  ])('ends ffmpeg at the limit of its %s', async (_, exceeded) => {
    const processLimits = { ...conversionLimits(3600), ...exceeded };
    const converting = encode(longPath, { processLimits }).then((encoding) => readAll(encoding.batches));
    await expect(converting).rejects.toMatchObject({ code: 'conversion_over_limits' });
    await goneFrom(longPath);
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('the kernel holds ffmpeg to them', async () => {
    const processLimits = { ...conversionLimits(3600), cpuSeconds: 77, memoryBytes: 512 * 1024 ** 2 };
    const encoding = await encode(longPath, { processLimits });
    const [id] = await processesNaming(longPath);
    const limits = await readFile(`/proc/${id}/limits`, 'utf8');
    const environment = await readFile(`/proc/${id}/environ`, 'utf8');
    await encoding.close();
    expect(limits).toMatch(/^Max cpu time +77 +82 /m);
    expect(limits).toMatch(/^Max data size +536870912 +536870912 /m);
    expect(limits).toMatch(/^Max address space +2147483648 +2147483648 /m);
    expect(limits).toMatch(/^Max file size +0 +0 /m);
    expect(environment.split('\0').filter((entry) => !/^(PATH|LD_LIBRARY_PATH)=/.test(entry))).toEqual(['']);
  });

  onLinux('and takes its threads as batch work', async () => {
    const encoding = await encode(longPath);
    const [id] = await processesNaming(longPath);
    const policy = schedulingPolicyOf(id);
    await encoding.close();
    expect(policy).toBe(3);
  });

  it('ends an ffmpeg that makes no progress, but not one whose output is not read', async () => {
    const timers = new HeldTimers(stallMs);
    const encoding = await encode(longPath);
    const batches = encoding.batches[Symbol.asyncIterator]();
    await batches.next();
    expect(timers.waiting()).toEqual([]);
    expect((await batches.next()).done).toBe(false);
    for (const id of await processesNaming(longPath)) process.kill(id, 'SIGSTOP');
    const reading = (async () => {
      while ((await batches.next()).done !== true);
    })();
    const failing = expect(reading).rejects.toMatchObject({ code: 'conversion_stalled' });
    await waitFor('the timer', () => timers.waiting().some((timer) => timer.fire()));
    await failing;
    await goneFrom(longPath);
  });
});

describe('encodeOpus that ends early', () => {
  it('kills ffmpeg on an abort and throws its reason', async () => {
    const stop = new AbortController();
    const encoding = await encode(longPath, { signal: stop.signal });
    const batches = encoding.batches[Symbol.asyncIterator]();
    await batches.next();
    expect(await processesNaming(longPath)).toHaveLength(1);
    const reason = new Error('the worker is asked to stop');
    stop.abort(reason);
    const reading = (async () => {
      while ((await batches.next()).done !== true);
    })();
    await expect(reading).rejects.toBe(reason);
    expect(await processesNaming(longPath)).toEqual([]);
  });

  it('starts nothing if the signal has already aborted', async () => {
    await expect(encode(longPath, { signal: AbortSignal.abort('over') })).rejects.toBe('over');
    expect(await processesNaming(longPath)).toEqual([]);
  });

  it('ends ffmpeg before a reader leaves its loop', async () => {
    const encoding = await encode(longPath);
    for await (const batch of encoding.batches) if (batch.length > 0) break;
    expect(await processesNaming(longPath)).toEqual([]);
  });

  it('ends ffmpeg if it is closed unread', async () => {
    const encoding = await encode(longPath);
    await encoding.close();
    expect(await processesNaming(longPath)).toEqual([]);
  });

  it('throws conversion_failed with the message of ffmpeg as the cause for a file without audio', async () => {
    const inputPath = join(folder.path, 'text.wav');
    await writeFile(inputPath, 'this is text\n'.repeat(1000));
    await expect(encode(inputPath)).rejects.toMatchObject({
      code: 'conversion_failed',
      message: 'The recording could not be converted',
      cause: expect.objectContaining({ message: expect.stringContaining('Invalid data') }) as unknown,
    });
  });
});
