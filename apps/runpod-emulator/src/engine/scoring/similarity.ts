import { bhattacharyyaDistance } from './bhattacharyya.js';
import type { SampleLikeness } from '../engine-work.js';
import { shortfalls } from './shortfall.js';
import type { Voiceprint } from './voiceprint.js';

/** The score of a silent sample. */
export const silentScore = -1;

/** Distance per dB of {@link shortfalls}. Speakers are about 0.3 apart. */
const distancePerDb = 0.08;

/**
 * Scores each sample of a voice by its similarity to the others: exp(−d), in (0, 1]. d is the median Bhattacharyya
 * distance to the others, which compares voices, plus the shortfall of the sample's recording. Two samples have the same
 * distance from each other, so the recording decides between them.
 *
 * The median prevents a minority of other speakers from lowering the scores of the majority. Silent samples score
 * {@link silentScore} and are not compared with others. If only one sample is audible, its two halves are compared.
 *
 * @returns a finite number in [-1, 1] for each voiceprint, in their order, rounded to 4 decimals
 */
export function similarityScores(voiceprints: readonly Voiceprint[]): readonly number[] {
  const audible = voiceprints.filter((each) => each.audible);
  const distances = pairwiseDistances(audible);
  const compared = audible.map(({ channel, halvesDistance }, index) => {
    const others = distances[index]!.filter((_, i) => i !== index);
    return { channel, distance: others.length === 0 ? halvesDistance : median([...others]) };
  });
  const missing = shortfalls(compared);
  const scores = new Map(
    audible.map((own, i) => [own, rounded(coefficient(compared[i]!.distance + distancePerDb * missing[i]!))]),
  );
  return voiceprints.map((own) => scores.get(own) ?? silentScore);
}

/** Scores each sample of a voice, and its least similar part. @returns finite numbers for each, in their order */
export function sampleLikenesses(voiceprints: readonly Voiceprint[]): readonly SampleLikeness[] {
  const parts = lowestPartScores(voiceprints);
  return similarityScores(voiceprints).map((score, at) => ({ score, lowestPartScore: parts[at] ?? null }));
}

/**
 * Returns how much the least similar part of each sample sounds like the voice: the median likeness to the other audible
 * samples, in (0, 1]. The quality of the recording does not count, because it lowers all parts of a sample.
 *
 * @returns a number for each voiceprint, in their order, rounded to 4 decimals; null without parts or other samples
 */
function lowestPartScores(voiceprints: readonly Voiceprint[]): readonly (number | null)[] {
  return voiceprints.map(({ parts }, index) => {
    const others = voiceprints.filter(({ audible }, at) => audible && at !== index);
    if (parts.length === 0 || others.length === 0) return null;
    const distances = parts.map((part) => median(others.map((other) => bhattacharyyaDistance(part, other.gaussian))));
    return rounded(coefficient(Math.max(...distances)));
  });
}

/** Returns the Bhattacharyya coefficient of two voiceprints: the overlap of their Gaussians, in (0, 1]. */
export function likeness(a: Voiceprint, b: Voiceprint): number {
  return coefficient(bhattacharyyaDistance(a.gaussian, b.gaussian));
}

/**
 * Returns how much a recording sounds like a voice: the median likeness to the audible samples, in (0, 1], rounded to 4
 * decimals. The quality of the recording does not count. {@link silentScore} if nothing can be compared.
 */
export function likenessToVoice(recording: Voiceprint, voice: readonly Voiceprint[]): number {
  const audible = voice.filter((each) => each.audible);
  if (!recording.audible || audible.length === 0) return silentScore;
  return rounded(median(audible.map((each) => likeness(recording, each))));
}

function coefficient(distance: number): number {
  return Math.exp(-distance);
}

function rounded(score: number): number {
  return Math.round(score * 1e4) / 1e4;
}

/** Returns the full symmetric matrix. 500 samples have 125 000 distances. */
function pairwiseDistances(voiceprints: readonly Voiceprint[]): readonly Float64Array[] {
  const matrix = voiceprints.map(() => new Float64Array(voiceprints.length));
  for (const [row, a] of voiceprints.entries()) {
    for (let column = 0; column < row; column++) {
      const distance = bhattacharyyaDistance(a.gaussian, voiceprints[column]!.gaussian);
      matrix[row]![column] = distance;
      matrix[column]![row] = distance;
    }
  }
  return matrix;
}

/** @param values at least one */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
