import type { StoredScore } from '#libs/database';

/** Scores best first; of equal ones the earlier sample. */
export function sortScores(scores: readonly StoredScore[]): StoredScore[] {
  return [...scores].sort((a, b) => b.score - a.score || a.sampleIndex - b.sampleIndex);
}

/** The sample an embedding prefers by itself: the best-scored one; null when nothing was scored. */
export function bestScored(scores: readonly StoredScore[]): number | null {
  return sortScores(scores)[0]?.sampleIndex ?? null;
}
