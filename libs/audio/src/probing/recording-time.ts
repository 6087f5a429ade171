import type { TimeJump } from '../ffmpeg/run-log.js';

/** A position in a recording where audio is missing. */
export interface MissingAudio {
  /** Seconds of decoded audio before it. */
  readonly atSeconds: number;
  /** Seconds missing; negative if damaged bytes were decoded to more audio than there was. */
  readonly seconds: number;
}

/**
 * Containers whose time stamps count samples (FLAC, WavPack, TTA) or come from a clock that never stops (MPEG-TS). There
 * a jump always means lost audio. In others it may be a pause during the recording, which the recording does not
 * contain.
 */
const continuousTimes: readonly string[] = ['flac', 'wv', 'tta', 'mpegts'];

/** Shorter jumps are rounded time stamps. */
const minLostSeconds = 0.015;

/**
 * Returns the audio that was lost to damage, according to the time jumps. A jump back offsets losses before it. A longer
 * one is the start of another recording, whose time stamps start again.
 */
export function lostAudio(jumps: readonly TimeJump[], formatName: string): readonly MissingAudio[] {
  let lostSeconds = 0;
  return jumps
    .filter(({ seconds }) => Math.abs(seconds) >= minLostSeconds)
    .filter(({ followsErrors }) => followsErrors || continuousTimes.includes(formatName))
    .map(({ atSeconds, seconds: jumpSeconds }) => {
      const seconds = Math.max(jumpSeconds, -lostSeconds);
      lostSeconds += seconds;
      return { atSeconds, seconds };
    });
}

/** Returns the gaps of the file itself, which are no damage. */
export function gapsIn(jumps: readonly TimeJump[], formatName: string): readonly MissingAudio[] {
  const lost = new Set(lostAudio(jumps, formatName).map(({ atSeconds }) => atSeconds));
  return jumps.filter(({ atSeconds }) => !lost.has(atSeconds));
}

/** A position this little before a missing stretch is a rounding error and counts as after it. */
const roundingSeconds = 0.001;

/**
 * Converts a position in the decoded audio to the time in the recording, which includes the missing audio.
 *
 * @param decodedSeconds seconds of decoded audio before the position
 */
export function recordingTime(decodedSeconds: number, missing: readonly MissingAudio[]): number {
  const before = missing.filter(({ atSeconds }) => atSeconds <= decodedSeconds + roundingSeconds);
  return Math.max(0, decodedSeconds + secondsOf(before));
}

/** Converts a time in the recording back to a position in the decoded audio: the inverse of {@link recordingTime}. */
export function decodedTime(recordingSeconds: number, missing: readonly MissingAudio[]): number {
  const inOrder = [...missing].sort((one, other) => one.atSeconds - other.atSeconds);
  const candidates = inOrder.map((_, at) => recordingSeconds - secondsOf(inOrder.slice(0, at + 1)));
  const isRight = (seconds: number): boolean =>
    seconds >= 0 && Math.abs(recordingTime(seconds, missing) - recordingSeconds) < roundingSeconds;
  return [recordingSeconds, ...candidates].find(isRight) ?? Math.max(0, recordingSeconds - secondsOf(missing));
}

/** Returns the total seconds missing; negative as in `MissingAudio`. */
export const secondsOf = (missing: readonly MissingAudio[]): number =>
  missing.reduce((sum, { seconds }) => sum + seconds, 0);
