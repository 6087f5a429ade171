import type { TimeJump } from './run-log.js';

/** A place of a recording where audio is missing. */
export interface MissingAudio {
  /** Seconds of decoded audio before it. */
  readonly atSeconds: number;
  /** How much is missing, in seconds. */
  readonly seconds: number;
}

/**
 * Containers whose time stamps count samples (FLAC, WavPack, TTA): a jump is always lost audio. Elsewhere a jump may as
 * well be a pause of the one who recorded, which the recording does not contain.
 */
const countsSamples: readonly string[] = ['flac', 'wv', 'tta'];

/** Shorter jumps are rounding of time stamps. */
const leastLostSeconds = 0.015;

/** The audio that was lost to damage, by the jumps of the time stamps. Those that go back make up for some before. */
export function lostAudio(jumps: readonly TimeJump[], formatName: string): readonly MissingAudio[] {
  return jumps
    .filter(({ seconds }) => Math.abs(seconds) >= leastLostSeconds)
    .filter(({ followsErrors }) => followsErrors || countsSamples.includes(formatName))
    .map(({ atSeconds, seconds }) => ({ atSeconds, seconds }));
}

/** Gaps that the file itself has, without damage. */
export function gapsIn(jumps: readonly TimeJump[], formatName: string): readonly MissingAudio[] {
  const lost = new Set(lostAudio(jumps, formatName).map(({ atSeconds }) => atSeconds));
  return jumps.filter(({ atSeconds }) => !lost.has(atSeconds));
}

/** A place that is a rounding error before a missing stretch counts as behind it. */
const roundingSeconds = 0.001;

/**
 * The time in the recording of a place in what could be decoded of it: damage or not, it is where the audio was.
 *
 * @param decodedSeconds seconds of decoded audio before the place
 */
export function recordingTime(decodedSeconds: number, missing: readonly MissingAudio[]): number {
  const before = missing.filter(({ atSeconds }) => atSeconds <= decodedSeconds + roundingSeconds);
  return Math.max(0, decodedSeconds + secondsOf(before));
}

/** How much is missing in all, in seconds, never less than nothing. */
export function secondsOf(missing: readonly MissingAudio[]): number {
  return Math.max(
    0,
    missing.reduce((sum, { seconds }) => sum + seconds, 0),
  );
}
