import { silenceLufs } from './loudness.js';

/** What the browser has measured of a sound. */
export interface Measured {
  readonly loudnessLufs: number;
  readonly durationSeconds: number;
}

/** How much each of two sounds is changed so that both are equally loud, in dB. */
export interface Gains {
  readonly a: number;
  readonly b: number;
}

/**
 * Returns gains that make two sounds equally loud, because people prefer the louder of two sounds whatever it is. The louder
 * one is lowered, so that nothing is clipped. Silence is matched with nothing.
 */
export function matchLevels(a: Measured, b: Measured): Gains {
  if (Math.min(a.loudnessLufs, b.loudnessLufs) <= silenceLufs) return { a: 0, b: 0 };
  const target = Math.min(a.loudnessLufs, b.loudnessLufs);
  return { a: rounded(target - a.loudnessLufs), b: rounded(target - b.loudnessLufs) };
}

/** A tenth of a dB cannot be heard. `+ 0` turns -0 into 0. */
const rounded = (decibels: number): number => Math.round(decibels * 10) / 10 + 0;

/** A sound that ends within this time is heard from its start instead. */
const tooShortSeconds = 0.3;

/**
 * Returns where the other sound goes on after a switch: at the same place, or at its start if it is not that long.
 *
 * @param seconds where the sound that is playing is
 * @param durationSeconds length of the other one; undefined if it is not known
 */
export const samePlace = (seconds: number, durationSeconds: number | undefined): number =>
  durationSeconds !== undefined && seconds < durationSeconds - tooShortSeconds ? seconds : 0;
