import type { StoredScore } from '#libs/database';

/** With fewer samples the scores do not tell which of them is the odd one. */
const fewestScores = 4;

/**
 * A sample this much below the median of its voice may be another speaker. Scores are similarities up to 1, by the
 * emulator's acoustic engine as well as by the GPU handler's scorers. docs/quality.md has what was measured with both.
 */
const outlierGap = 0.15;

/**
 * Returns the indexes of samples that do not sound like the other samples of their voice: less than half of them, because
 * scores do not tell which of two halves is the voice.
 *
 * @param scores of all samples of a voice
 */
export function otherSpeakers(scores: readonly StoredScore[]): ReadonlySet<number> {
  if (scores.length < fewestScores) return new Set();
  const typical = median(scores.map(({ score }) => score));
  const odd = scores.filter(({ score }) => score < typical - outlierGap);
  return new Set(2 * odd.length < scores.length ? odd.map(({ sampleIndex }) => sampleIndex) : []);
}

/** @param values at least one */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [Math.floor((sorted.length - 1) / 2), Math.floor(sorted.length / 2)];
  return ((sorted[low] ?? 0) + (sorted[high] ?? 0)) / 2;
}
