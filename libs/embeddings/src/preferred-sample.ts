import { gradeOf, type QualityFigures } from '#libs/audio';
import type { StoredScore } from '#libs/database';
import { otherSpeakers } from './other-speakers.js';

/** Sorts scores, the best first. Of equal scores the earlier sample comes first. */
export function sortScores(scores: readonly StoredScore[]): StoredScore[] {
  return [...scores].sort((a, b) => b.score - a.score || a.sampleIndex - b.sampleIndex);
}

/** The quality of a sample as its row has it; null if it was not measured. */
export interface MeasuredSample {
  readonly index: number;
  readonly quality: QualityFigures | null;
}

/**
 * Chooses the sample that stands for a voice: the best-scored one without a poor grade. If all are poor, the best-scored
 * one. A sample that was not measured is not poor.
 *
 * @returns null when nothing was scored
 */
export function choosePreferred(scores: readonly StoredScore[], samples: readonly MeasuredSample[]): number | null {
  const others = otherSpeakers(scores);
  const isPoor = ({ index, quality }: MeasuredSample): boolean =>
    quality !== null && gradeOf(quality, { otherSpeaker: others.get(index) }).grade === 'poor';
  const poor = new Set(samples.filter(isPoor).map(({ index }) => index));
  const sorted = sortScores(scores);
  return (sorted.find(({ sampleIndex }) => !poor.has(sampleIndex)) ?? sorted[0])?.sampleIndex ?? null;
}
