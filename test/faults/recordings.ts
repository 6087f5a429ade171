import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { AudioTools } from '#libs/audio';
import { makeAudio, speech } from '../support/audio-measure.js';

/** Real speech of three lengths. */
export interface Recordings {
  /** 2 s: one sample. For tests with many voices. */
  readonly tiny: string;
  /** 75 s: five samples. */
  readonly minute: string;
  /** 10 minutes: 25 samples of 15 s, up to 100 shorter ones. */
  readonly long: string;
}

/** Creates the recordings in a folder, as small FLAC files. */
export async function makeRecordings(tools: AudioTools, folder: string): Promise<Recordings> {
  await mkdir(folder, { recursive: true });
  const at = (name: string): string => path.join(folder, `${name}.flac`);
  await copyFile(speech('en'), at('minute'));
  await Promise.all([
    makeAudio(tools, ['-i', speech('en'), '-ss', '3', '-t', '2', at('tiny')]),
    makeAudio(tools, ['-stream_loop', '7', '-i', speech('fr'), at('long')]),
  ]);
  return { tiny: at('tiny'), minute: at('minute'), long: at('long') };
}
