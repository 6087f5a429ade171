import { bhattacharyyaDistance } from './bhattacharyya.js';
import { shortfalls } from './shortfall.js';
import type { Voiceprint } from './voiceprint.js';

/** What a silent sample scores: there is no voice in it. */
export const SILENT_SCORE = -1;

/** Distance that a dB of {@link shortfalls} counts for. Speakers are some 0.3 apart. */
const DISTANCE_PER_DB = 0.08;

/**
 * Scores each sample of a voice by how much it sounds like the best of the others: exp(−d), so in (0, 1]. d is the median
 * Bhattacharyya distance to the others, which compares voices, and what the sample's recording falls short of theirs by.
 * Two samples are equally far from each other: then the recording decides.
 *
 * The median keeps a minority of strangers from spoiling the score of the majority. Silent samples score
 * {@link SILENT_SCORE} and are nobody's "other". A sample that has no audible other is scored by how alike its own
 * two halves are.
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
    audible.map((own, i) => [own, rounded(coefficient(compared[i]!.distance + DISTANCE_PER_DB * missing[i]!))]),
  );
  return voiceprints.map((own) => scores.get(own) ?? SILENT_SCORE);
}

/** Bhattacharyya coefficient of two voiceprints: the overlap of their Gaussians, in (0, 1]. */
export function likeness(a: Voiceprint, b: Voiceprint): number {
  return coefficient(bhattacharyyaDistance(a.gaussian, b.gaussian));
}

function coefficient(distance: number): number {
  return Math.exp(-distance);
}

function rounded(score: number): number {
  return Math.round(score * 1e4) / 1e4;
}

/** The full symmetric matrix; 500 samples are 125 000 distances. */
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
