import { recordingTime, type MissingAudio } from '#libs/audio';
import { alignmentRate, bestMatch, thinned } from '../support/alignment.js';
import { wholeSeconds, type Container } from '../fixtures/containers.js';
import type { Damage, Damaged } from './damage.js';

/** What a conversion is judged by. */
export interface Evidence {
  readonly container: Container;
  readonly damage: Damage;
  readonly removed: Damaged['removed'];
  /** The undamaged source, as a plain decode gives it; of a concatenation both recordings. */
  readonly source: Float32Array;
  /** Length that the damaged file states. */
  readonly statedSeconds: number | null;
  readonly decodedSeconds: number;
  readonly missing: readonly MissingAudio[];
  readonly warnings: readonly { readonly code: string }[];
}

/** A stretch of what came out. */
export interface Stretch {
  /** Where it is in what came out. */
  readonly atSeconds: number;
  /** Where it is in the recording, as Timbre says. */
  readonly claimedSeconds: number;
  readonly audio: Float32Array;
}

/** A source_timestamp has to be right to this. */
const toleranceSeconds = 0.1;

/** Less than this part of the stated length: there has to be a warning. */
const wholePart = 0.99;

/** Rounding, and the padding of encoders: shorter losses are of no consequence. */
const leastLossSeconds = 0.25;

/** A stretch is recognised when it is this like its source; others are damaged themselves, or silent. */
const recognised = { atItsPlace: 0.8, elsewhere: 0.9 } as const;

/** Length of a stretch that is recognised. */
const stretchSeconds = 0.75;

/** Stretches of what came out, each long enough to be recognised. */
export function stretchesOf(audio: Float32Array, missing: readonly MissingAudio[]): Stretch[] {
  const stepSeconds = 1.5;
  const count = Math.max(0, Math.ceil((audio.length / alignmentRate - stretchSeconds) / stepSeconds));
  return Array.from({ length: count }, (_, at) => {
    const atSeconds = at * stepSeconds;
    const from = Math.round(atSeconds * alignmentRate);
    return { atSeconds, claimedSeconds: recordingTime(atSeconds, missing), audio: startOf(audio.subarray(from)) };
  });
}

/** What a sample is recognised by. */
export const startOf = (audio: Float32Array): Float32Array => audio.subarray(0, stretchSeconds * alignmentRate);

/** Says what is wrong with a conversion; empty when it is as promised. */
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
  const came = `${decodedSeconds.toFixed(2)} s came out without a warning`;
  if (statedSeconds !== null && isShortOf(statedSeconds)) return [`${came}, of ${statedSeconds.toFixed(2)} s stated`];
  const sourceSeconds = source.length / alignmentRate;
  if (isShortOf(sourceSeconds) && !mayBeUnknown(evidence))
    return [`${came}, of ${sourceSeconds.toFixed(2)} s recorded`];
  return [];
}

/**
 * Whether nothing in the file tells that audio is missing: what is missing was taken out without a trace, together with
 * the statement of a length or from a file that has none; or it is behind the end that a container states for itself.
 */
function mayBeUnknown({ container, damage, removed, statedSeconds, decodedSeconds }: Evidence): boolean {
  const isFirstWhole = damage === 'concatenation' && decodedSeconds > wholePart * wholeSeconds;
  const statesLittle = !container.statesLength || removed.from === 0;
  // A block of type 0 is the end of a VOC file, wherever it is.
  const isEnd = damage === 'zeroed range' && container.name === 'voc';
  return isFirstWhole || isEnd || (removed.part > 0 && (statesLittle || statedSeconds === null));
}

/** How much thinner audio is looked through everywhere: 16 times as fast. */
const coarseness = 4;

/** Padding of encoders between two recordings that were put together: it is audio of the file as it stands. */
const paddingSeconds = 0.2;

function misplaced({ container, damage, removed, source }: Evidence, stretch: Stretch): string[] {
  const { claimedSeconds, audio, atSeconds } = stretch;
  if (!container.tellsTime) return [];
  // Of what was taken out without a trace nothing can be known: the time is that of the file as it stands.
  const isTraceless = removed.from === 0 || !container.isStamped;
  const lateBy = isTraceless ? removed.part * (source.length / alignmentRate) * 1.2 : 0;
  const near = bestMatch(audio, source, claimedSeconds - toleranceSeconds, claimedSeconds + toleranceSeconds);
  if (near.likeness >= recognised.atItsPlace) return [];
  const [little, all] = [thinned(audio, coarseness), thinned(source, coarseness)];
  const anywhere = bestMatch(little, all, 0, source.length / alignmentRate, alignmentRate / coarseness);
  const earlyBy = damage === 'concatenation' ? paddingSeconds : 0;
  const [from, to] = [claimedSeconds - earlyBy - toleranceSeconds, claimedSeconds + lateBy + toleranceSeconds];
  const isInPlace = anywhere.atSeconds >= from && anywhere.atSeconds <= to;
  if (anywhere.likeness < recognised.elsewhere || isInPlace) return [];
  const [at, claimed, is] = [atSeconds, claimedSeconds, anywhere.atSeconds].map((seconds) => seconds.toFixed(2));
  return [`what came out at ${at} s is said to be at ${claimed} s and is at ${is} s`];
}
