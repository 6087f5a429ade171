import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { speech, temporaryFolder } from '../../../test/support/audio-measure.js';
import { findFfmpeg } from './find-ffmpeg.js';

export const speakers = ['en', 'es', 'fr', 'it', 'ru'] as const;
export type Speaker = (typeof speakers)[number];

const RECORDING_SECONDS = 75;
const OPUS = ['-c:a', 'libopus', '-b:a', '96k', '-vbr', 'constrained', '-ac', '1', '-ar', '48000', '-f', 'ogg'];

/**
 * A speaker's recording cut into whole pieces of this length, each encoded to Ogg Opus by itself.
 *
 * @param filter of ffmpeg, through which each piece goes first
 * @param most no more pieces than this
 */
export async function opusPieces(
  speaker: Speaker,
  seconds: number,
  filter = 'anull',
  most = Infinity,
): Promise<readonly Buffer[]> {
  const folder = await temporaryFolder();
  const length = Math.min(most, Math.floor(RECORDING_SECONDS / seconds));
  const files = Array.from({ length }, (_, i) => join(folder.path, `${i}.ogg`));
  const outputs = files.flatMap((file, i) => [
    '-ss',
    String(i * seconds),
    '-t',
    String(seconds),
    '-af',
    filter,
    ...OPUS,
    file,
  ]);
  await promisify(execFile)(await findFfmpeg(), ['-v', 'error', '-i', speech(speaker), ...outputs]);
  const pieces = await Promise.all(files.map((file) => readFile(file)));
  await folder.remove();
  return pieces;
}

/** Audio made by an ffmpeg source filter (`anullsrc`, `anoisesrc=a=0.3`, …) as Ogg Opus. */
export async function opusOf(filter: string, seconds: number): Promise<Buffer> {
  const argv = ['-v', 'error', '-f', 'lavfi', '-i', filter, '-t', String(seconds), ...OPUS, 'pipe:1'];
  const { stdout } = await promisify(execFile)(await findFfmpeg(), argv, { encoding: 'buffer', maxBuffer: 1e8 });
  return stdout;
}
