import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { buffer } from 'node:stream/consumers';
import type { EngineThreadClient } from '../engine-thread-client.js';
import { espeakSampleRate } from './espeak-package.js';
import { espeakWordsPerMinute, type EspeakSetting } from './espeak-setting.js';

/** Audio, and how ffmpeg has to read it. */
export interface SpokenAudio {
  /** ffmpeg's input options for `bytes`. */
  readonly inputOptions: readonly string[];
  readonly bytes: Buffer;
}

/** Speaks a text with a voice at a pitch. */
export type Speech = (text: string, setting: EspeakSetting) => Promise<SpokenAudio>;

/** The synthesiser: an npm package, which runs in the engine's thread, or an installed program. */
export type Synthesiser =
  | { readonly kind: 'package'; readonly path: string }
  | { readonly kind: 'program'; readonly command: string };

const espeakPackage = '@echogarden/espeak-ng-emscripten';

/**
 * Finds a synthesiser: the npm package, or else espeak-ng on PATH.
 *
 * @throws Error that says what to install if there is neither
 */
export function findSynthesiser(resolve = resolvePackage, command = 'espeak-ng'): Synthesiser {
  const path = resolve();
  if (path !== null) return { kind: 'package', path };
  if (spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0) return { kind: 'program', command };
  throw new Error(
    `No speech synthesiser found. Install the optional npm package with "npm install ${espeakPackage}", ` +
      'or put espeak-ng on PATH (for example "apt-get install espeak-ng")',
  );
}

function resolvePackage(): string | null {
  try {
    return createRequire(import.meta.url).resolve(espeakPackage);
  } catch {
    return null;
  }
}

export function speechOf(synthesiser: Synthesiser, thread: EngineThreadClient): Speech {
  switch (synthesiser.kind) {
    case 'package':
      return async (text, setting) => {
        const pcm = await thread.do('speak', { text, setting });
        return {
          inputOptions: ['-f', 's16le', '-ar', String(espeakSampleRate), '-ac', '1'],
          bytes: Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength),
        };
      };
    case 'program':
      return async (text, setting) => ({
        inputOptions: ['-f', 'wav'],
        bytes: await runEspeak(synthesiser.command, text, setting),
      });
  }
}

/** Speaks with the installed program. Passes the text by stdin, never by argv. */
async function runEspeak(command: string, text: string, { voice, pitch }: EspeakSetting): Promise<Buffer> {
  const rate = String(espeakWordsPerMinute);
  const child = spawn(command, ['-v', voice, '-p', String(pitch), '-s', rate, '--stdin', '--stdout'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const exit = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  child.stdin.on('error', () => undefined);
  child.stdin.end(text);
  const [code, wav] = await Promise.all([exit, buffer(child.stdout)]);
  if (code !== 0) throw new Error(`${command} ended with ${code ?? 'a signal'}`);
  return wav;
}
