import type { OtherSpeakerExtent } from '#libs/audio';
import type { StoredScore } from '#libs/database';

/** With fewer samples the scores do not tell which of them is the odd one. */
const fewestScores = 4;

/**
 * A sample this much below the median of its voice may be another speaker. Scores are similarities up to 1, by the
 * emulator's acoustic engine as well as by the GPU handler's scorers. docs/quality.md has what was measured with both.
 */
const outlierGap = 0.15;

/** The same for the least similar part of a sample, in which a second speaker does not have to compete with the first. */
const partGap = 0.11;

/**
 * Returns the indexes of samples that do not sound like the other samples of their voice, wholly or in part: less than half
 * of them, because scores do not tell which of two halves is the voice.
 *
 * @param scores of all samples of a voice
 */
export function otherSpeakers(scores: readonly StoredScore[]): ReadonlyMap<number, OtherSpeakerExtent> {
  const whole = outliers(scores, outlierGap);
  const parts = scores.flatMap(({ sampleIndex, lowestPartScore: score }) =>
    score === undefined || whole.has(sampleIndex) ? [] : [{ sampleIndex, score }],
  );
  const part = outliers(parts, partGap);
  const isMinority = 2 * (whole.size + part.size) < scores.length;
  const to = (extent: OtherSpeakerExtent) => (index: number) => [index, extent] as const;
  return new Map([...[...whole].map(to('whole')), ...(isMinority ? [...part].map(to('part')) : [])]);
}

function outliers(scores: readonly StoredScore[], gap: number): ReadonlySet<number> {
  if (scores.length < fewestScores) return new Set();
  const typical = median(scores.map(({ score }) => score));
  const odd = scores.filter(({ score }) => score < typical - gap);
  return new Set(2 * odd.length < scores.length ? odd.map(({ sampleIndex }) => sampleIndex) : []);
}

/** @param values at least one */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [Math.floor((sorted.length - 1) / 2), Math.floor(sorted.length / 2)];
  return ((sorted[low] ?? 0) + (sorted[high] ?? 0)) / 2;
}
