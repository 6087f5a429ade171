import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { executablesFromNpm, findAudioTools, type AudioTools } from '#libs/audio';

const run = promisify(execFile);

/** Real speech, 75 s each (test/fixtures/speech/README.md). */
export const speech = (language: 'en' | 'es' | 'fr' | 'it' | 'ru'): string =>
  join(process.cwd(), 'test/fixtures/speech', `${language}-75s.flac`);

/** A temporary folder and the function that removes it. */
export async function temporaryFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'timbre audio '));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Finds ffmpeg and ffprobe as the product does. */
export function findToolsOfThisMachine(launcherFolder: string): Promise<AudioTools> {
  return findAudioTools({ searchPath: process.env['PATH'] ?? '', launcherFolder });
}

/**
 * Finds the ffmpeg and ffprobe that tests run with: by default those of this machine. With `TEST_FFMPEG=npm` it returns
 * those from npm, so that the same tests run with both builds. `TEST_FFMPEG=light` does so if npm has both for this
 * platform: they are static, and start in 17 and 3 ms, where those of Debian load 200 libraries in 90 ms.
 */
export async function findTestTools(launcherFolder: string): Promise<AudioTools> {
  const wanted = process.env['TEST_FFMPEG'];
  const [[ffmpegPath], [ffprobePath]] = await Promise.all([
    executablesFromNpm('ffmpeg'),
    executablesFromNpm('ffprobe'),
  ]);
  const isComplete = ffmpegPath !== undefined && ffprobePath !== undefined;
  if (wanted === 'npm' && !isComplete) throw new Error('npm lacks ffmpeg or ffprobe for this platform');
  if (!isComplete || (wanted !== 'npm' && wanted !== 'light')) return findToolsOfThisMachine(launcherFolder);
  return findAudioTools({ ffmpegPath, ffprobePath, searchPath: process.env['PATH'] ?? '', launcherFolder });
}

/** Returns the tools that Jest's global setup has found; finding them starts ffmpeg nine times. Undefined outside of Jest. */
export function givenAudioTools(): AudioTools | undefined {
  const text = process.env['TEST_AUDIO_TOOLS'];
  return text ? (JSON.parse(text) as AudioTools) : undefined;
}

/** As `givenAudioTools`, for test files. */
export function audioTools(): AudioTools {
  const tools = givenAudioTools();
  if (tools === undefined) throw new Error('TEST_AUDIO_TOOLS is missing: is this a medium or an e2e test?');
  return tools;
}

const isFromNpm = ({ path }: { readonly path: string }): boolean => path.includes('node_modules');

/** Returns whether ffprobe opens MPEG-TS. The static build from npm crashes on it, so such a file is refused (README). */
export const opensTransportStreams = (tools: AudioTools): boolean => !isFromNpm(tools.ffprobe);

/** Returns whether ffmpeg needs the same memory each time. With the build from npm it depends on how busy the machine is. */
export const needsSameMemory = (tools: AudioTools): boolean => !isFromNpm(tools.ffmpeg);

/** Runs ffmpeg without the product's sandbox to create inputs: `makeAudio(tools, ['-i', a, '-t', '5', b])`. */
export async function makeAudio(tools: AudioTools, ffmpegArguments: readonly string[]): Promise<void> {
  await run(tools.ffmpeg.path, ['-nostdin', '-hide_banner', '-loglevel', 'error', '-y', ...ffmpegArguments]);
}

const firstChannel = 'pan=mono|c0=c0';

/** Decodes the first channel of a file, or the output of a filter, to 48 kHz samples between -1 and 1. */
export async function decode(tools: AudioTools, path: string, filter = firstChannel): Promise<Float32Array> {
  const output = ['-map', '0:a:0', '-af', filter, '-ar', '48000', '-f', 'f32le', 'pipe:1'];
  const { stdout } = await run(
    tools.ffmpeg.path,
    ['-nostdin', '-hide_banner', '-loglevel', 'error', '-i', `file:${path}`, ...output],
    { encoding: 'buffer', maxBuffer: 1 << 30 },
  );
  return floats(stdout);
}

/** As `decode`, for several files by one start of ffmpeg, which takes as long as decoding a minute. */
export async function decodeAll(
  tools: AudioTools,
  files: readonly (readonly [path: string, filter?: string])[],
): Promise<Float32Array[]> {
  const decoded = files.map(([path]) => `${path}.${randomUUID()}.f32le`);
  const outputs = files.flatMap(([, filter = firstChannel], at) => {
    const output = ['-af', filter, '-ar', '48000', '-f', 'f32le', `file:${decoded[at] ?? ''}`];
    return ['-map', `${at}:a:0`, ...output];
  });
  try {
    await makeAudio(tools, [...files.flatMap(([path]) => ['-i', `file:${path}`]), ...outputs]);
    return await Promise.all(decoded.map(async (path) => floats(await readFile(path))));
  } finally {
    await Promise.all(decoded.map((path) => rm(path, { force: true })));
  }
}

/** Copied, because a Float32Array must start at a multiple of four bytes. */
const floats = (bytes: Uint8Array): Float32Array => new Float32Array(new Uint8Array(bytes).buffer);

function energy(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum;
}

/** Returns the level of the difference relative to the expected signal in dB. -40 dB is a hundredth of its amplitude. */
export function differenceDecibels(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) throw new RangeError(`${actual.length} samples, not ${expected.length}`);
  const difference = actual.map((sample, index) => sample - (expected[index] ?? 0));
  return 10 * Math.log10(energy(difference) / energy(expected));
}

/** Returns the root mean square in dB relative to full scale. */
export function levelDecibels(samples: Float32Array): number {
  return 10 * Math.log10(energy(samples) / samples.length);
}

/** Returns the energy of each 20 ms of 48 kHz samples. */
export function energyEnvelope(samples: Float32Array): Float64Array {
  const frames = Math.floor(samples.length / 960);
  return Float64Array.from({ length: frames }, (_, at) => energy(samples.subarray(at * 960, (at + 1) * 960)));
}

/** Returns the Pearson correlation of two series over the length of the shorter one. */
export function correlation(a: Float64Array, b: Float64Array): number {
  const length = Math.min(a.length, b.length);
  const centred = (series: Float64Array): Float64Array => {
    const cut = series.subarray(0, length);
    const mean = cut.reduce((sum, value) => sum + value, 0) / length;
    return cut.map((value) => value - mean);
  };
  const [x, y] = [centred(a), centred(b)];
  const product = (p: Float64Array, q: Float64Array): number =>
    p.reduce((sum, value, at) => sum + value * (q[at] ?? 0), 0);
  return product(x, y) / Math.sqrt(product(x, x) * product(y, y));
}
