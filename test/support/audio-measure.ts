import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { executablesFromNpm, findAudioTools, type AudioTools } from '#libs/audio';

const run = promisify(execFile);

/** Real speech, 75 s each (test/fixtures/speech/README.md). */
export const speech = (language: 'en' | 'es' | 'fr' | 'it' | 'ru'): string =>
  join(process.cwd(), 'test/fixtures/speech', `${language}-75s.flac`);

/** A folder of the test's own, and how to remove it. */
export async function temporaryFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'timbre audio '));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/**
 * ffmpeg and ffprobe as the product finds them on this machine. With `TEST_FFMPEG=npm` those that npm carries, so that the
 * same tests run on both builds.
 */
export async function audioToolsOfThisMachine(launcherFolder: string): Promise<AudioTools> {
  const searchPath = process.env['PATH'] ?? '';
  if (process.env['TEST_FFMPEG'] !== 'npm') return findAudioTools({ searchPath, launcherFolder });
  const [ffmpegPath, ffprobePath] = await Promise.all([npmTool('ffmpeg'), npmTool('ffprobe')]);
  return findAudioTools({ ffmpegPath, ffprobePath, searchPath, launcherFolder });
}

/** Whether ffprobe opens MPEG-TS: the static build that npm carries crashes on it, and such a file is refused (README). */
export const opensTransportStreams = (tools: AudioTools): boolean => !tools.ffprobe.path.includes('node_modules');

async function npmTool(name: 'ffmpeg' | 'ffprobe'): Promise<string> {
  const [found] = await executablesFromNpm(name);
  if (found === undefined) throw new Error(`npm carries no ${name} for this platform`);
  return found;
}

/** Runs ffmpeg itself, without the product's sandbox, to make inputs: `makeAudio(tools, ['-i', a, '-t', '5', b])`. */
export async function makeAudio(tools: AudioTools, ffmpegArguments: readonly string[]): Promise<void> {
  await run(tools.ffmpeg.path, ['-nostdin', '-hide_banner', '-loglevel', 'error', '-y', ...ffmpegArguments]);
}

/** Decodes the first channel of a file, or what a filter leaves, to 48 kHz samples between -1 and 1, by ffmpeg's own decoder. */
export async function decode(tools: AudioTools, path: string, filter = 'pan=mono|c0=c0'): Promise<Float32Array> {
  const output = ['-map', '0:a:0', '-af', filter, '-ar', '48000', '-f', 'f32le', 'pipe:1'];
  const { stdout } = await run(
    tools.ffmpeg.path,
    ['-nostdin', '-hide_banner', '-loglevel', 'error', '-i', `file:${path}`, ...output],
    { encoding: 'buffer', maxBuffer: 1 << 30 },
  );
  // A copy, since a Float32Array must begin at a multiple of four.
  return new Float32Array(new Uint8Array(stdout).buffer);
}

const energy = (samples: Float32Array): number => samples.reduce((sum, sample) => sum + sample * sample, 0);

/** How strong the difference of two signals is against the expected one, in dB: -40 is a hundredth of its amplitude. */
export function differenceDecibels(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) throw new RangeError(`${actual.length} samples, not ${expected.length}`);
  const difference = actual.map((sample, index) => sample - (expected[index] ?? 0));
  return 10 * Math.log10(energy(difference) / energy(expected));
}

/** Root mean square in dB of full scale. */
export function levelDecibels(samples: Float32Array): number {
  return 10 * Math.log10(energy(samples) / samples.length);
}

/** Energy of each 20 ms of 48 kHz samples. */
export function energyEnvelope(samples: Float32Array): Float64Array {
  const frames = Math.floor(samples.length / 960);
  return Float64Array.from({ length: frames }, (_, at) => energy(samples.subarray(at * 960, (at + 1) * 960)));
}

/** Pearson correlation of two series, over the length of the shorter one. */
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
