import type { Schema } from '#libs/client';

type Sample = Schema<'Sample'>;
type Grade = Schema<'SampleGrade'>;

type StartOf = Pick<Sample, 'source_timestamp'> & Partial<Pick<Sample, 'start'>>;

/**
 * Returns where a sample starts in the recording, in seconds; undefined if it is not of the recording. An older API,
 * which may still answer during an upgrade, says it only in whole seconds.
 */
export function startOf({ start, source_timestamp }: StartOf): number | undefined {
  if (typeof start === 'number') return start;
  return source_timestamp === null
    ? undefined
    : source_timestamp.split(':').reduce((seconds, part) => seconds * 60 + Number(part), 0);
}

export type Order = 'index' | 'score' | 'grade';

/** Scores by the index of their sample. */
export type Scores = ReadonlyMap<number, number>;

export const scoresOf = (info: Pick<Schema<'EmbeddingInfo'>, 'sample_scores'> | null): Scores =>
  new Map(info?.sample_scores.map(({ sample_index, score }) => [sample_index, score]));

const ranks: Readonly<Record<Grade, number>> = { good: 0, fair: 1, poor: 2 };

/** A sample that was not measured comes after those that were. */
const rankOf = ({ quality }: Sample): number => (quality ? ranks[quality.grade] : 3);

/** Returns samples in the order that they are listed: best first, except by index. Equal ones stay in their order. */
export function sorted(samples: readonly Sample[], order: Order, scores: Scores): readonly Sample[] {
  const scoreOf = ({ index }: Sample): number => scores.get(index) ?? -2;
  const byIndex = (a: Sample, b: Sample): number => a.index - b.index;
  const byScore = (a: Sample, b: Sample): number => scoreOf(b) - scoreOf(a) || byIndex(a, b);
  const byGrade = (a: Sample, b: Sample): number => rankOf(a) - rankOf(b) || byScore(a, b);
  return [...samples].sort({ index: byIndex, score: byScore, grade: byGrade }[order]);
}

/** Returns how many samples have each grade. */
export function gradesOf(samples: readonly Pick<Sample, 'quality'>[]): Readonly<Record<Grade, number>> {
  const counts = { good: 0, fair: 0, poor: 0 };
  for (const { quality } of samples) if (quality) counts[quality.grade] += 1;
  return counts;
}
