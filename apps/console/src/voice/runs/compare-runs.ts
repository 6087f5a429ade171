import type { Schema } from '#libs/client';

type Run = Schema<'EmbeddingRunDetails'>;
type TestSample = Schema<'RunTestSample'>;

/** What two runs made of one sample. */
export interface ComparedSample {
  readonly index: number;
  readonly scores: Pair<number>;
  /** How much the score of the second run is higher. Undefined where scores are missing, or cannot be compared. */
  readonly difference: number | undefined;
  readonly tests: readonly ComparedTest[];
}

export interface ComparedTest extends Pair<TestSample> {
  readonly sentence: number;
}

export interface Pair<Value> {
  readonly first: Value | undefined;
  readonly second: Value | undefined;
}

/** Returns whether one scorer made the scores of both runs: scores of two scorers cannot be compared. */
export const haveSameScorer = (first: Run, second: Run): boolean =>
  first.engine !== null && first.engine.scorer === second.engine?.scorer;

/** Returns whether two runs speak the same sentence, so that hearing both is a fair comparison. */
export const speakTheSame = (first: Run, second: Run, sentence: number): boolean =>
  first.test_sentences[sentence - 1] === second.test_sentences[sentence - 1];

/** Returns what two runs made, side by side, by sample and sentence. */
export function compareRuns(first: Run, second: Run): readonly ComparedSample[] {
  const isComparable = haveSameScorer(first, second);
  return samplesOf(first, second).map((index) => {
    const scores = { first: scoreOf(first, index), second: scoreOf(second, index) };
    return {
      index,
      scores,
      difference:
        isComparable && scores.first !== undefined && scores.second !== undefined
          ? scores.second - scores.first
          : undefined,
      tests: sentencesOf(first, second, index).map((sentence) => ({
        sentence,
        first: testOf(first, index, sentence),
        second: testOf(second, index, sentence),
      })),
    };
  });
}

const scoreOf = ({ sample_scores }: Run, index: number): number | undefined =>
  sample_scores.find(({ sample_index }) => sample_index === index)?.score;

const testOf = ({ test_samples }: Run, index: number, sentence: number): TestSample | undefined =>
  test_samples.find(({ sample_index, sentence_index }) => sample_index === index && sentence_index === sentence);

const samplesOf = (...runs: readonly Run[]): readonly number[] =>
  sorted(runs.flatMap((run) => [...run.sample_scores, ...run.test_samples].map(({ sample_index }) => sample_index)));

function sentencesOf(first: Run, second: Run, index: number): readonly number[] {
  const tests = [...first.test_samples, ...second.test_samples].filter(({ sample_index }) => sample_index === index);
  return sorted(tests.map(({ sentence_index }) => sentence_index));
}

const sorted = (values: readonly number[]): readonly number[] => [...new Set(values)].toSorted((a, b) => a - b);
