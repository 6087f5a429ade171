import type { RecordingFacts } from './recording-facts.js';

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

/** Shortest section that pays, as a part of the longest one: 150 s, of which the section itself costs 5 %. */
const shortestPart = 1 / 4;

/** Shorter recordings are encoded in one piece. */
export const leastDividedSeconds = (longestSeconds: number): number => 2 * shortestPart * longestSeconds;

/** What is needed of a recording, and how soon. */
export interface SectionNeeds {
  readonly durationSeconds: number;
  /** Its begin that somebody waits for; the rest may come later. */
  readonly firstSeconds: number;
}

/**
 * Divides a recording into sections: first the part that is waited for, then the rest. Each part is divided into equal
 * sections, an even number of them, so that two cores finish it together, unless it is too short for that to pay.
 *
 * Deterministic: depends on the recording and its needs alone, not on what else runs.
 *
 * @returns one section when the recording is too short for more
 */
export function planSections(
  { durationSeconds, firstSeconds }: SectionNeeds,
  longestSeconds = longestSectionSeconds,
): readonly Section[] {
  const leastDivided = leastDividedSeconds(longestSeconds);
  // A second more: only a packet that follows proves that the needed part is whole.
  const firstEnd = Math.ceil(firstSeconds) + 1;
  const isFirstDivided = firstEnd >= leastDivided && durationSeconds - firstEnd >= shortestPart * longestSeconds;
  const parts = isFirstDivided ? [firstEnd, durationSeconds] : [durationSeconds];
  const starts = parts.flatMap((end, at) => {
    const begin = parts[at - 1] ?? 0;
    const seconds = end - begin;
    const count = seconds < leastDivided ? 1 : 2 * Math.ceil(seconds / (2 * longestSeconds));
    return Array.from({ length: count }, (_, section) => begin + section * Math.ceil(seconds / count));
  });
  return starts.map((startSeconds, at) => ({
    startSeconds,
    leadSeconds: at === 0 ? 0 : leadSeconds,
    endSeconds: starts[at + 1] ?? null,
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

/**
 * Whether sections of this recording can be found exactly, as far as its container tells. Of a recording that is no plain
 * PCM the packets have to tell, too (`scanPackets`).
 */
export function seeksExactly(facts: RecordingFacts): boolean {
  if (facts.durationSeconds === null || facts.ignoresStatedLength) return false;
  if (Math.abs(facts.startSeconds) > latestStartSeconds) return false;
  return exactSeeking.get(facts.formatName)?.test(facts.codecName) ?? false;
}
