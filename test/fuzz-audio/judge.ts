import { recordingTime, type MissingAudio } from '#libs/audio';
import { alignmentRate, bestMatch, thinned } from '../support/alignment.js';
import type { Container } from '../fixtures/containers.js';
import type { Damage, Damaged } from './damage.js';

/** A conversion, and the facts about its source with which it is compared. */
export interface Evidence {
  readonly container: Container;
  readonly damage: Damage;
  readonly removed: Damaged['removed'];
  /** The plain decode of the undamaged source. For a concatenation, of both recordings. */
  readonly source: Float32Array;
  /** Length that the damaged file states. */
  readonly statedSeconds: number | null;
  readonly decodedSeconds: number;
  readonly missing: readonly MissingAudio[];
  readonly warnings: readonly { readonly code: string }[];
}

/** A stretch of the result. */
export interface Stretch {
  /** Its position in the result. */
  readonly atSeconds: number;
  /** Its position in the recording according to Timbre. */
  readonly claimedSeconds: number;
  readonly audio: Float32Array;
}

/** Tolerance of a source_timestamp. */
const toleranceSeconds = 0.1;

/** The share of the stated length below which a warning is required. */
const wholePart = 0.99;

/** Shorter losses are ignored. They come from rounding and from encoder padding. */
const leastLossSeconds = 0.25;

/** Minimum similarity of a recognised stretch. Stretches below it are damaged or silent. */
const recognised = { atItsPlace: 0.8, elsewhere: 0.9 } as const;

/** Length of the stretches that are compared. */
const stretchSeconds = 0.75;

/** Returns stretches of the result that are long enough to be recognised. */
export function stretchesOf(audio: Float32Array, missing: readonly MissingAudio[]): Stretch[] {
  const stepSeconds = 1.5;
  const count = Math.max(0, Math.ceil((audio.length / alignmentRate - stretchSeconds) / stepSeconds));
  return Array.from({ length: count }, (_, at) => {
    const atSeconds = at * stepSeconds;
    const from = Math.round(atSeconds * alignmentRate);
    return { atSeconds, claimedSeconds: recordingTime(atSeconds, missing), audio: startOf(audio.subarray(from)) };
  });
}

/** Returns the first stretch of a sample, by which it is recognised. */
export const startOf = (audio: Float32Array): Float32Array => audio.subarray(0, stretchSeconds * alignmentRate);

/** Returns the problems of a conversion, empty if it keeps the promises. */
export function problemsOf(evidence: Evidence, stretches: readonly Stretch[]): string[] {
  const isWhole = ({ atSeconds: from }: Stretch): boolean =>
    !evidence.missing.some(({ atSeconds }) => atSeconds > from && atSeconds < from + stretchSeconds);
  return [
    ...lossesWithoutWarning(evidence),
    ...stretches.filter(isWhole).flatMap((stretch) => misplaced(evidence, stretch)),
  ];
}

function lossesWithoutWarning(evidence: Evidence): string[] {
  const { statedSeconds, decodedSeconds, warnings, source } = evidence;
  if (warnings.length > 0) return [];
  const isShortOf = (seconds: number): boolean =>
    decodedSeconds < wholePart * seconds && seconds - decodedSeconds > leastLossSeconds;
  const came = `${decodedSeconds.toFixed(2)} s were converted without a warning`;
  if (statedSeconds !== null && isShortOf(statedSeconds)) return [`${came}, of ${statedSeconds.toFixed(2)} s stated`];
  const sourceSeconds = source.length / alignmentRate;
  if (isShortOf(sourceSeconds) && !mayBeUnknown(evidence))
    return [`${came}, of ${sourceSeconds.toFixed(2)} s recorded`];
  return [];
}

/**
 * Returns whether nothing in the file shows that audio is missing. The audio was removed together with the stated
 * length, or the file states none.
 */
function mayBeUnknown({ container, removed, statedSeconds }: Evidence): boolean {
  const statesLittle = !container.statesLength || removed.from === 0;
  return removed.part > 0 && (statesLittle || statedSeconds === null);
}

/**
 * Returns the added tolerance where a missing length can only be estimated from bytes, at a variable bit rate: a
 * quarter.
 */
function guessedBy({ container, missing }: Evidence, { claimedSeconds, atSeconds }: Stretch): number {
  const before = missing.filter((one) => one.atSeconds <= atSeconds).map(({ seconds }) => Math.abs(seconds));
  const most = Math.max(claimedSeconds - atSeconds, ...before);
  return container.isGuessed ? most / 4 : 0;
}

/**
 * Factor by which the sample rate is reduced for a search over the whole audio. The search is then 16 times as fast.
 */
const coarseness = 4;

/** Length of the encoder padding between two concatenated recordings, which is audio in the file. */
const paddingSeconds = 0.2;

function misplaced(evidence: Evidence, stretch: Stretch): string[] {
  const { container, damage, removed, source } = evidence;
  const { claimedSeconds, audio, atSeconds } = stretch;
  // Audio that was removed without a trace cannot be detected, so times are positions in the damaged file.
  const isTraceless = removed.from === 0 || !container.isStamped;
  const lateBy = isTraceless ? removed.part * (source.length / alignmentRate) * 1.2 : 0;
  if (!container.tellsPlace) return [];
  const tolerance = toleranceSeconds + guessedBy(evidence, stretch);
  const near = bestMatch(audio, source, claimedSeconds - tolerance, claimedSeconds + tolerance);
  if (near.likeness >= recognised.atItsPlace) return [];
  const [little, all] = [thinned(audio, coarseness), thinned(source, coarseness)];
  const anywhere = bestMatch(little, all, 0, source.length / alignmentRate, alignmentRate / coarseness);
  const earlyBy = damage === 'concatenation' ? paddingSeconds : 0;
  const [from, to] = [claimedSeconds - earlyBy - tolerance, claimedSeconds + lateBy + tolerance];
  const isInPlace = anywhere.atSeconds >= from && anywhere.atSeconds <= to;
  if (anywhere.likeness < recognised.elsewhere || isInPlace) return [];
  const [at, claimed, is] = [atSeconds, claimedSeconds, anywhere.atSeconds].map((seconds) => seconds.toFixed(2));
  return [`the audio at ${at} s of the result has the timestamp ${claimed} s, but is at ${is} s of the recording`];
}
