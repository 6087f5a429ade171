import type { RecordingFacts } from './probe-report.js';

/** A part of a recording that is encoded by an ffmpeg of its own. */
export interface Section {
  /** Where it begins, in whole seconds, so that the 20 ms packets of all sections lie on one grid. */
  readonly startSeconds: number;
  /** Encoded before the start and thrown away, so that the encoder has settled when the section begins. */
  readonly leadSeconds: number;
  /** null: to the end of the recording, wherever that is. */
  readonly endSeconds: number | null;
}

const leadSeconds = 1;

/**
 * Longest section unless told. One more section costs about 60 ms of CPU (a start of ffmpeg, the lead, a decode from
 * the seek point to it), ten minutes about 3 s (docs/performance.md): 2 %. Packets of sections ahead of the reader are
 * kept in memory, 12 kB a second of audio: at most 7.2 MB a section.
 */
export const longestSectionSeconds = 600;

/**
 * Divides a recording into equal sections. Their number is even, so that two cores finish together.
 *
 * Deterministic: depends on the recording alone, not on what else runs.
 *
 * @returns one section when the recording is shorter than `longestSeconds`, for then it does not pay
 */
export function planSections(durationSeconds: number, longestSeconds = longestSectionSeconds): readonly Section[] {
  if (durationSeconds < longestSeconds) return [{ startSeconds: 0, leadSeconds: 0, endSeconds: null }];
  const count = 2 * Math.ceil(durationSeconds / (2 * longestSeconds));
  const seconds = Math.ceil(durationSeconds / count);
  return Array.from({ length: count }, (_, at) => ({
    startSeconds: at * seconds,
    leadSeconds: at === 0 ? 0 : leadSeconds,
    endSeconds: at === count - 1 ? null : (at + 1) * seconds,
  }));
}

/**
 * Codecs by container (names of ffmpeg) in which a seek finds the exact sample: proven for each by
 * encode-recording.medium-spec.ts. Not Matroska, WebM, Ogg, ADTS and AMR, whose time stamps are rounded, and not WAV
 * with ADPCM, whose blocks are not on ffmpeg's grid.
 */
const exactSeeking: ReadonlyMap<string, RegExp> = new Map([
  ['wav', /^pcm_/],
  ['w64', /^pcm_/],
  ['aiff', /^pcm_/],
  ['caf', /^(pcm_.*|alac)$/],
  ['flac', /^flac$/],
  ['mp3', /^mp3$/],
  ['mov,mp4,m4a,3gp,3g2,mj2', /^(pcm_.*|alac|aac)$/],
]);

/** A stream that begins later than this within its file is encoded in one piece: seeks count from the file's begin. */
const latestStartSeconds = 0.5;

/** Can sections of this recording be found exactly? */
export function seeksExactly(facts: RecordingFacts): boolean {
  if (facts.durationSeconds === null || Math.abs(facts.startSeconds) > latestStartSeconds) return false;
  return exactSeeking.get(facts.formatName)?.test(facts.codecName) ?? false;
}
