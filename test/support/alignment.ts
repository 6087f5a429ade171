import { decode } from './audio-measure.js';
import type { AudioTools } from '#libs/audio';

/** Positions are compared at a resolution of 1/8000 s, finer than anybody can hear. */
export const alignmentRate = 8_000;

const decodedRate = 48_000;

/**
 * Decodes a whole file for `bestMatch`, mixed to mono as the product mixes it. It is decoded at the product's rate first:
 * if the format changes within the file, each resampling in ffmpeg rounds the parts differently.
 */
export async function decodeToAlign(tools: AudioTools, path: string): Promise<Float32Array> {
  const filter = `aformat=sample_fmts=s16:sample_rates=${decodedRate}:channel_layouts=mono`;
  return thinned(await decode(tools, path, filter), decodedRate / alignmentRate);
}

/** Lowers the rate of audio by taking the mean of this many samples. */
export function thinned(audio: Float32Array, factor: number): Float32Array {
  const thin = new Float32Array(Math.floor(audio.length / factor));
  for (let at = 0; at < thin.length * factor; at++) thin[Math.floor(at / factor)]! += (audio[at] ?? 0) / factor;
  return thin;
}

/** The position at which a stretch of audio was found. */
export interface Match {
  /** Seconds from the start of the source. */
  readonly atSeconds: number;
  /** Normalised cross-correlation: 1 is the same audio, at any level; different speech stays below 0.5. */
  readonly likeness: number;
}

/**
 * Finds the position of a stretch in a source, where the normalised cross-correlation is highest.
 *
 * @param fromSeconds first position to try; positions outside the source are skipped
 * @param toSeconds last position to try
 */
export function bestMatch(
  stretch: Float32Array,
  source: Float32Array,
  fromSeconds: number,
  toSeconds: number,
  rate = alignmentRate,
): Match {
  const norm = Math.sqrt(energyOf(stretch, 0, stretch.length));
  const first = Math.max(0, Math.round(fromSeconds * rate));
  const last = Math.min(source.length - stretch.length, Math.round(toSeconds * rate));
  let best: Match = { atSeconds: fromSeconds, likeness: 0 };
  let energy = last < first ? 0 : energyOf(source, first, stretch.length);
  for (let at = first; at <= last; at++) {
    const likeness = productOf(stretch, source, at) / (norm * Math.sqrt(energy) + Number.EPSILON);
    if (likeness > best.likeness) best = { atSeconds: at / rate, likeness };
    energy = Math.max(0, energy + (source[at + stretch.length] ?? 0) ** 2 - (source[at] ?? 0) ** 2);
  }
  return best;
}

function energyOf(audio: Float32Array, from: number, length: number): number {
  return productOf(audio.subarray(from, from + length), audio, from);
}

function productOf(stretch: Float32Array, source: Float32Array, at: number): number {
  let sum = 0;
  for (let index = 0; index < stretch.length; index++) sum += (stretch[index] ?? 0) * (source[at + index] ?? 0);
  return sum;
}
