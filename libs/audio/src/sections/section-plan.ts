import type { RecordingFacts } from '../probing/recording-facts.js';

/** A part of a recording that is encoded by its own ffmpeg. */
export interface Section {
  /** Start in whole seconds, so that the 20 ms packets of all sections are on one grid. */
  readonly startSeconds: number;
  /** Encoded before the start and discarded, so that the encoder has settled at the start. */
  readonly leadSeconds: number;
  /** null: up to the end of the recording. */
  readonly endSeconds: number | null;
}

const leadSeconds = 1;

/**
 * Default maximum length of a section. Each section costs about 60 ms of CPU (starting ffmpeg, the lead, decoding from
 * the seek point to the lead). Ten minutes take about 3 s (docs/performance.md), so this is 2 %. Packets of sections
 * ahead of the reader are kept in memory, 12 kB per second of audio: at most 7.2 MB a section.
 */
export const maxSectionSeconds = 600;

/** Minimum length of a section, as a part of the maximum: 150 s, of which its fixed cost is 5 %. */
const minSectionPart = 1 / 4;

/** Shorter recordings are encoded in one piece. */
export const minDividedSeconds = (maxSeconds: number): number => 2 * minSectionPart * maxSeconds;

/** How much of a recording is needed, and what is needed first. */
export interface SectionNeeds {
  readonly durationSeconds: number;
  /** Seconds from the start that are needed first. */
  readonly firstSeconds: number;
}

/**
 * Divides a recording into sections: first the part that is needed first, then the rest. Each part is divided into an
 * even number of equal sections, so that two cores finish it at the same time, unless it is too short for that to pay
 * off.
 *
 * Deterministic: depends only on the recording and its needs, not on the load.
 *
 * @returns one section if the recording is too short for more
 */
export function planSections(
  { durationSeconds, firstSeconds }: SectionNeeds,
  maxSeconds = maxSectionSeconds,
): readonly Section[] {
  const minDivided = minDividedSeconds(maxSeconds);
  // One second more, because only a following packet proves that the needed part is complete.
  const firstEnd = Math.ceil(firstSeconds) + 1;
  const isFirstDivided = firstEnd >= minDivided && durationSeconds - firstEnd >= minSectionPart * maxSeconds;
  const parts = isFirstDivided ? [firstEnd, durationSeconds] : [durationSeconds];
  const starts = parts.flatMap((end, at) => {
    const start = parts[at - 1] ?? 0;
    const seconds = end - start;
    const count = seconds < minDivided ? 1 : 2 * Math.ceil(seconds / (2 * maxSeconds));
    return Array.from({ length: count }, (_, section) => start + section * Math.ceil(seconds / count));
  });
  return starts.map((startSeconds, at) => ({
    startSeconds,
    leadSeconds: at === 0 ? 0 : leadSeconds,
    endSeconds: starts[at + 1] ?? null,
  }));
}

/**
 * Codecs by container (ffmpeg's names) in which a seek finds the exact sample. encode-recording.medium-spec.ts proves it
 * for each. Matroska, WebM, Ogg, ADTS and AMR are missing because their time stamps are rounded, and WAV with ADPCM
 * because its blocks are not on ffmpeg's grid.
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

/** A stream that starts later than this is encoded in one piece, because seeks count from the start of the file. */
const maxStartSeconds = 0.5;

/**
 * True if the container allows exact seeks in this recording. Unless it is PCM, `scanPackets` has to confirm it.
 */
export function seeksExactly(facts: RecordingFacts): boolean {
  if (facts.durationSeconds === null || facts.ignoresStatedLength) return false;
  if (Math.abs(facts.startSeconds) > maxStartSeconds) return false;
  return exactSeeking.get(facts.formatName)?.test(facts.codecName) ?? false;
}
