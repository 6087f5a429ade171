/** Power (mean square relative to full scale) of each level of a track: bytes in half decibels below full scale. */
const powers = Float64Array.from({ length: 256 }, (_, level) => (level === 255 ? 0 : 10 ** (-level / 20)));

/** Returns the power of a level. */
export const powerOf = (level: number): number => powers[level] ?? 0;

/** Returns the mean power of frames `from` (inclusive) to `to` (exclusive) of a plane; 0 for no frames. */
export function meanPower(plane: Uint8Array, from: number, to: number): number {
  let sum = 0;
  for (let frame = from; frame < to; frame += 1) sum += powers[plane[frame] ?? 255] ?? 0;
  return to > from ? sum / (to - from) : 0;
}

/** Level of frames without any sound, in dBFS: a track stores nothing below. */
export const silenceDbfs = -127.5;

/** Returns a power in decibels, at least {@link silenceDbfs}. */
export const decibelsOfPower = (power: number): number => Math.max(silenceDbfs, 10 * Math.log10(power));
