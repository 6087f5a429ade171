import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { AudioTools } from '#libs/audio';
import { speech } from './audio-measure.js';

/** Decodes a recording of test/fixtures/speech to 16 kHz mono, its own format: nothing is resampled. */
export async function decodeSpeech(tools: AudioTools, language: Parameters<typeof speech>[0]): Promise<Int16Array> {
  const { stdout } = await promisify(execFile)(
    tools.ffmpeg.path,
    ['-nostdin', '-v', 'error', '-i', `file:${speech(language)}`, '-f', 's16le', 'pipe:1'],
    { encoding: 'buffer', maxBuffer: 1 << 28 },
  );
  return new Int16Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.length));
}

/** Returns numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Makes pink noise by P. Kellet's filter, within 0.05 dB of -3 dB an octave above 9 Hz at 44.1 kHz. */
export function pinkNoise(length: number, random: () => number): Float32Array {
  const [b0, b1, b2, b3, b4, b5] = [0.99886, 0.99332, 0.969, 0.8665, 0.55, -0.7616];
  let [s0, s1, s2, s3, s4, s5, last] = [0, 0, 0, 0, 0, 0, 0];
  return Float32Array.from({ length }, () => {
    const white = random() * 2 - 1;
    s0 = b0 * s0 + white * 0.0555179;
    s1 = b1 * s1 + white * 0.0750759;
    s2 = b2 * s2 + white * 0.153852;
    s3 = b3 * s3 + white * 0.3104856;
    s4 = b4 * s4 + white * 0.5329522;
    s5 = b5 * s5 - white * 0.016898;
    const pink = s0 + s1 + s2 + s3 + s4 + s5 + last + white * 0.5362;
    last = white * 0.115926;
    return pink;
  });
}

/** Mixes voices into babble: each as loud as the others, from a random place on, again and again. */
export function babble(voices: readonly Int16Array[], length: number, random: () => number): Float32Array {
  const mixed = new Float32Array(length);
  for (const voice of voices) {
    const gain = 1 / rms(voice);
    let at = Math.floor(random() * voice.length);
    for (let sample = 0; sample < length; sample += 1) {
      mixed[sample] = (mixed[sample] ?? 0) + gain * (voice[at] ?? 0);
      at = at + 1 === voice.length ? 0 : at + 1;
    }
  }
  return mixed;
}

/** Adds noise that is so many decibels quieter than the recording. */
export function withNoise(samples: Int16Array, noise: Float32Array, snrDb: number): Int16Array {
  const gain = (rms(samples) / rms(noise)) * 10 ** (-snrDb / 20);
  return samples.map((sample, at) => limited(sample + gain * (noise[at] ?? 0)));
}

/** Changes each sample: at full scale it is clipped. */
export function changed(samples: Int16Array, change: (sample: number, at: number) => number): Int16Array {
  return samples.map((sample, at) => limited(change(sample, at)));
}

export function rms(samples: Int16Array | Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / samples.length);
}

const limited = (sample: number): number => Math.max(-32_768, Math.min(32_767, Math.round(sample)));
