import { sizeText } from '#libs/errors';
import { clockTime } from './clock-time.js';
import type { RecordingFacts } from './recording-facts.js';
import { gapsIn, secondsOf, type MissingAudio } from './recording-time.js';
import type { TimeJump } from '../ffmpeg/run-log.js';

/** Something in a recording that its owner should know. */
export interface RecordingWarning {
  readonly code:
    | 'damaged_recording'
    | 'cut_off_recording'
    | 'wrong_length'
    | 'gap_in_timestamps'
    | 'track_passed_over'
    | 'channel_passed_over'
    | 'data_passed_over';
  readonly message: string;
}

/** Smaller differences from the stated length are encoder padding and rounding. */
const minSeconds = 0.1;

/** The same, as a part of the stated length. */
const minPart = 0.01;

/** MPEG-TS and FLV state a length that is up to some packets too short. */
const minExcessSeconds = 0.5;

/** Shorter gaps in the time stamps are not reported. */
const minGapSeconds = 0.5;

/** Returns the warnings that are known before the conversion. */
export function uploadWarnings(facts: RecordingFacts): RecordingWarning[] {
  const { track, trackCount, channel, bytesBehindEnd, ignoresStatedLength, statedSeconds, durationSeconds } = facts;
  const warnings: RecordingWarning[] = [];
  if (trackCount > 1) {
    const message = `The file has ${trackCount} audio tracks; only track ${track + 1} was used`;
    warnings.push({ code: 'track_passed_over', message });
  }
  if (channel !== null) {
    const message = `The channels cancel each other out when they are mixed; only channel ${channel + 1} was used`;
    warnings.push({ code: 'channel_passed_over', message });
  }
  if (bytesBehindEnd > 0) {
    const message = `The file goes on for ${sizeText(bytesBehindEnd)} behind the end of the recording; that part was not used`;
    warnings.push({ code: 'data_passed_over', message });
  }
  if (ignoresStatedLength && statedSeconds !== null && durationSeconds !== null) {
    warnings.push(wrongLength(statedSeconds, durationSeconds));
  }
  return warnings;
}

/** Results of the conversion. */
export interface ConversionFindings {
  /** Length of the decoded audio. */
  readonly decodedSeconds: number;
  readonly missing: readonly MissingAudio[];
  readonly jumps: readonly TimeJump[];
}

/**
 * Returns all warnings about a converted recording.
 *
 * If less than the stated length was decoded, the recording is damaged, with the position, or truncated if its end is
 * missing. If more was decoded, the header was wrong, and all of the audio was used.
 */
export function recordingWarnings(facts: RecordingFacts, findings: ConversionFindings): RecordingWarning[] {
  const { decodedSeconds, missing, jumps } = findings;
  const warnings = uploadWarnings(facts);
  const gaps = gapsIn(jumps, facts.formatName).filter(({ seconds }) => seconds >= minGapSeconds);
  const gap = gaps[0];
  if (gap !== undefined) {
    const message = `The time stamps jump by ${text(secondsOf(gaps))} s at ${clockTime(gap.atSeconds)}; nothing was put in`;
    warnings.push({ code: 'gap_in_timestamps', message });
  }
  const inside = missing.filter(({ atSeconds }) => atSeconds < decodedSeconds);
  const stated = facts.ignoresStatedLength ? facts.durationSeconds : facts.statedSeconds;
  const expected = stated === null ? decodedSeconds + secondsOf(missing) : stated - secondsOf(gaps);
  const lost = Math.max(secondsOf(missing), expected - decodedSeconds);
  if (lost >= Math.max(minSeconds, isReported(inside) ? 0 : expected * minPart)) {
    warnings.push(lossOf(decodedSeconds, decodedSeconds + lost, inside));
  }
  const excess = inside.find(({ seconds }) => seconds <= -minSeconds);
  if (excess !== undefined && lost < minSeconds) warnings.push(noiseOf(decodedSeconds, -secondsOf(missing), excess));
  if (!facts.ignoresStatedLength && stated !== null && decodedSeconds - stated > minExcessSeconds + stated * minPart) {
    warnings.push(wrongLength(stated, decodedSeconds));
  }
  return warnings;
}

const isReported = (missing: readonly MissingAudio[]): boolean => secondsOf(missing) >= minSeconds;

function lossOf(decodedSeconds: number, allSeconds: number, inside: readonly MissingAudio[]): RecordingWarning {
  const share = `Only ${text(decodedSeconds)} s of ${text(allSeconds)} s could be decoded`;
  const first = inside.find(({ seconds }) => seconds > 0);
  if (first === undefined) {
    return { code: 'cut_off_recording', message: `${share}; the recording breaks off at ${clockTime(decodedSeconds)}` };
  }
  return { code: 'damaged_recording', message: `${share}; audio is missing at ${clockTime(first.atSeconds)}` };
}

function noiseOf(decodedSeconds: number, tooMany: number, first: MissingAudio): RecordingWarning {
  const share = `${text(decodedSeconds)} s were decoded, ${text(tooMany)} s more than were recorded`;
  return { code: 'damaged_recording', message: `${share}; there is noise at ${clockTime(first.atSeconds)}` };
}

const wrongLength = (statedSeconds: number, usedSeconds: number): RecordingWarning => ({
  code: 'wrong_length',
  message: `The file states a length of ${text(statedSeconds)} s but holds ${text(usedSeconds)} s; all of it was used`,
});

/** Formats seconds, rounded to a tenth. */
const text = (seconds: number): string => String(Math.round(seconds * 10) / 10);
