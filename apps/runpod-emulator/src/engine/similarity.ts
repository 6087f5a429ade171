import { bhattacharyyaDistance } from './bhattacharyya.js';
import type { Voiceprint } from './voiceprint.js';

/** What a silent sample scores: there is no voice in it. */
export const SILENT_SCORE = -1;

/**
 * Scores each sample of a voice by how much it sounds like the others: the Bhattacharyya coefficient
 * exp(−d) of the median distance to them, so in (0, 1], 1 for a sample that sounds exactly like the rest.
 *
 * The median keeps a minority of strangers from spoiling the score of the majority. Silent samples score
 * {@link SILENT_SCORE} and are nobody's "other". A sample that has no audible other is scored by how alike its own
 * two halves are.
 *
 * @returns a finite number in [-1, 1] for each voiceprint, in their order, rounded to 4 decimals
 */
export function similarityScores(voiceprints: readonly Voiceprint[]): readonly number[] {
  const distances = pairwiseDistances(voiceprints);
  return voiceprints.map((own, index) => {
    if (!own.audible) return SILENT_SCORE;
    const others = voiceprints.flatMap((other, i) => (i !== index && other.audible ? [distances[index]![i]!] : []));
    return rounded(coefficient(others.length === 0 ? own.halvesDistance : median(others)));
  });
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
