import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { speech, temporaryFolder } from '../../../test/support/audio-measure.js';
import { audioTools } from '../../../test/support/audio-measure.js';

export const speakers = ['en', 'es', 'fr', 'it', 'ru'] as const;
export type Speaker = (typeof speakers)[number];

const recordingSeconds = 75;
const opusArguments = [
  '-c:a',
  'libopus',
  '-b:a',
  '96k',
  '-vbr',
  'constrained',
  '-ac',
  '1',
  '-ar',
  '48000',
  '-f',
  'ogg',
];

/**
 * Cuts a speaker's recording into pieces of this length, and encodes each as Ogg Opus.
 *
 * @param filter of ffmpeg, applied to each piece
 * @param most maximum number of pieces
 */
export async function opusPieces(
  speaker: Speaker,
  seconds: number,
  filter = 'anull',
  most = Infinity,
): Promise<readonly Buffer[]> {
  const folder = await temporaryFolder();
  const length = Math.min(most, Math.floor(recordingSeconds / seconds));
  const files = Array.from({ length }, (_, i) => join(folder.path, `${i}.ogg`));
  const outputs = files.flatMap((file, i) => [
    '-ss',
    String(i * seconds),
    '-t',
    String(seconds),
    '-af',
    filter,
    ...opusArguments,
    file,
  ]);
  await promisify(execFile)(audioTools().ffmpeg.path, ['-v', 'error', '-i', speech(speaker), ...outputs]);
  const pieces = await Promise.all(files.map((file) => readFile(file)));
  await folder.remove();
  return pieces;
}

/** Makes Ogg Opus from a source filter of ffmpeg (`anullsrc`, `anoisesrc=a=0.3`, …). */
export async function opusOf(filter: string, seconds: number): Promise<Buffer> {
  const argv = ['-v', 'error', '-f', 'lavfi', '-i', filter, '-t', String(seconds), ...opusArguments, 'pipe:1'];
  const { stdout } = await promisify(execFile)(audioTools().ffmpeg.path, argv, { encoding: 'buffer', maxBuffer: 1e8 });
  return stdout;
}
