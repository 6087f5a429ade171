import { clockTime } from './clock-time.js';
import type { RecordingFacts } from './recording-facts.js';
import { gapsIn, secondsOf, type MissingAudio } from './recording-time.js';
import type { TimeJump } from './run-log.js';

/** Something in a recording that its owner should know. */
export interface RecordingWarning {
  readonly code:
    | 'damaged_recording'
    | 'cut_off_recording'
    | 'wrong_length'
    | 'gap_in_timestamps'
    | 'track_passed_over'
    | 'channel_passed_over';
  readonly message: string;
}

/** Shorter differences from the stated length are padding of encoders and rounding. */
const leastSeconds = 0.1;

/** So is a smaller part of the stated length. */
const leastPart = 0.01;

/** MPEG-TS and FLV state a length up to some packets too short. */
const leastExcessSeconds = 0.5;

/** A pause in the time stamps that is worth a word. */
const leastGapSeconds = 0.5;

/** What is known before the recording is converted. */
export function uploadWarnings(facts: RecordingFacts): RecordingWarning[] {
  const { track, trackCount, channel, ignoresStatedLength, statedSeconds, durationSeconds } = facts;
  const warnings: RecordingWarning[] = [];
  if (trackCount > 1) {
    const message = `The file has ${trackCount} audio tracks; only track ${track + 1} was used`;
    warnings.push({ code: 'track_passed_over', message });
  }
  if (channel !== null) {
    const message = `The channels cancel each other out when they are mixed; only channel ${channel + 1} was used`;
    warnings.push({ code: 'channel_passed_over', message });
  }
  if (ignoresStatedLength && statedSeconds !== null && durationSeconds !== null) {
    warnings.push(wrongLength(statedSeconds, durationSeconds));
  }
  return warnings;
}

/** What the conversion has shown. */
export interface ConversionFindings {
  /** Length of what could be decoded. */
  readonly decodedSeconds: number;
  readonly missing: readonly MissingAudio[];
  readonly jumps: readonly TimeJump[];
}

/**
 * Everything that is to be said about a converted recording.
 *
 * Less than the stated length came out: it is damaged, with the place, or cut off where the rest is missing. More came
 * out: the header was wrong, and all of it was used.
 */
export function recordingWarnings(facts: RecordingFacts, findings: ConversionFindings): RecordingWarning[] {
  const { decodedSeconds, missing, jumps } = findings;
  const warnings = uploadWarnings(facts);
  const gaps = gapsIn(jumps, facts.formatName).filter(({ seconds }) => seconds >= leastGapSeconds);
  const gap = gaps[0];
  if (gap !== undefined) {
    const message = `The time stamps jump by ${text(secondsOf(gaps))} s at ${clockTime(gap.atSeconds)}; nothing was put in`;
    warnings.push({ code: 'gap_in_timestamps', message });
  }
  const inside = missing.filter(({ atSeconds }) => atSeconds < decodedSeconds);
  const stated = facts.ignoresStatedLength ? facts.durationSeconds : facts.statedSeconds;
  const expected = stated === null ? decodedSeconds + secondsOf(missing) : stated - secondsOf(gaps);
  const lost = Math.max(secondsOf(missing), expected - decodedSeconds);
  if (lost >= Math.max(leastSeconds, isWorthAWord(inside) ? 0 : expected * leastPart)) {
    warnings.push(lossOf(decodedSeconds, decodedSeconds + lost, inside));
  }
  if (
    !facts.ignoresStatedLength &&
    stated !== null &&
    decodedSeconds - stated > leastExcessSeconds + stated * leastPart
  ) {
    warnings.push(wrongLength(stated, decodedSeconds));
  }
  return warnings;
}

const isWorthAWord = (missing: readonly MissingAudio[]): boolean => secondsOf(missing) >= leastSeconds;

function lossOf(decodedSeconds: number, allSeconds: number, inside: readonly MissingAudio[]): RecordingWarning {
  const share = `Only ${text(decodedSeconds)} s of ${text(allSeconds)} s could be decoded`;
  const first = inside.find(({ seconds }) => seconds > 0);
  if (first === undefined) {
    return { code: 'cut_off_recording', message: `${share}; the recording breaks off at ${clockTime(decodedSeconds)}` };
  }
  return { code: 'damaged_recording', message: `${share}; audio is missing at ${clockTime(first.atSeconds)}` };
}

const wrongLength = (statedSeconds: number, usedSeconds: number): RecordingWarning => ({
  code: 'wrong_length',
  message: `The file states a length of ${text(statedSeconds)} s but holds ${text(usedSeconds)} s; all of it was used`,
});

/** Seconds as people write them, to a tenth. */
const text = (seconds: number): string => String(Math.round(seconds * 10) / 10);
