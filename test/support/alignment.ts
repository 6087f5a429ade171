import { decode } from './audio-measure.js';
import type { AudioTools } from '#libs/audio';

/** Places are told apart to 1/8000 s, which is finer than anybody hears. */
export const alignmentRate = 8_000;

const decodedRate = 48_000;

/**
 * A whole file, mixed to mono as the product mixes it, for `bestMatch`. Decoded at the product's rate first: where a
 * format changes on the way, each resampling of ffmpeg's rounds the parts to its own rate.
 */
export async function decodeToAlign(tools: AudioTools, path: string): Promise<Float32Array> {
  const filter = `aformat=sample_fmts=s16:sample_rates=${decodedRate}:channel_layouts=mono`;
  return thinned(await decode(tools, path, filter), decodedRate / alignmentRate);
}

/** Audio at a lower rate: the mean of so many samples is one. */
export function thinned(audio: Float32Array, factor: number): Float32Array {
  const thin = new Float32Array(Math.floor(audio.length / factor));
  for (let at = 0; at < thin.length * factor; at++) thin[Math.floor(at / factor)]! += (audio[at] ?? 0) / factor;
  return thin;
}

/** Where a stretch of audio was found. */
export interface Match {
  /** Seconds from the start of the source. */
  readonly atSeconds: number;
  /** Normalised cross-correlation: 1 is the same audio, at any level; different speech stays below 0.5. */
  readonly likeness: number;
}

/**
 * Finds the place of a stretch in a source: the one where the normalised cross-correlation is highest.
 *
 * @param fromSeconds first place looked at; places outside the source are passed over
 * @param toSeconds last place looked at
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
