import { mkdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import type { AudioTools } from '#libs/audio';
import { makeAudio, speech } from '../support/audio-measure.js';

const languages = ['en', 'es', 'fr', 'it', 'ru'] as const;

/** Recordings made from the real speech in test/fixtures. They are kept between runs. */
export class Inputs {
  constructor(
    private readonly tools: AudioTools,
    private readonly folder: string,
  ) {}

  /** 44.1 kHz 16-bit stereo with all five speakers in turn. */
  stereoWav(seconds: number): Promise<string> {
    return this.make(`stereo-${seconds}s.wav`, seconds, ['-ar', '44100', '-ac', '2']);
  }

  /** 16 kHz 16-bit mono. */
  monoWav(seconds: number): Promise<string> {
    return this.make(`mono-${seconds}s.wav`, seconds, ['-ar', '16000', '-ac', '1']);
  }

  private async make(name: string, seconds: number, options: readonly string[]): Promise<string> {
    const file = path.join(this.folder, name);
    if (await stat(file).catch(() => undefined)) return file;
    await mkdir(this.folder, { recursive: true });
    const unfinished = path.join(this.folder, `unfinished-${name}`);
    const all = languages.flatMap((language) => ['-i', speech(language)]);
    const repeated = `concat=n=${languages.length}:v=0:a=1,aloop=-1:${375 * 16_000}`;
    await makeAudio(this.tools, [...all, '-filter_complex', repeated, '-t', String(seconds), ...options, unfinished]);
    await rename(unfinished, file);
    return file;
  }
}
