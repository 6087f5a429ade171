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
  readonly sentence: ComparedSentence;
}

/** A sentence that both runs speak. */
export interface ComparedSentence {
  /** Its number in the first run. */
  readonly first: number;
  /** Its number in the second run. */
  readonly second: number;
  /** Undefined if the runs speak different words, or if the words are not known. */
  readonly words: string | undefined;
}

export interface Pair<Value> {
  readonly first: Value | undefined;
  readonly second: Value | undefined;
}

/** Returns whether one scorer made the scores of both runs: scores of two scorers cannot be compared. */
export const haveSameScorer = (first: Run, second: Run): boolean =>
  first.engine !== null && first.engine.scorer === second.engine?.scorer;

/**
 * Returns the sentences that two runs have in common, whatever their numbers are, because only the same words can be compared by
 * ear. Without any, sentences with the same number are put together.
 */
export function commonSentences(first: Run, second: Run): readonly ComparedSentence[] {
  const common = first.test_sentences.flatMap((words, at) => {
    const other = second.test_sentences.indexOf(words);
    return other === -1 ? [] : [{ first: at + 1, second: other + 1, words }];
  });
  if (common.length > 0) return common;
  const numbers = sorted(first.test_samples.map(({ sentence_index }) => sentence_index));
  return numbers
    .filter((number) => second.test_samples.some(({ sentence_index }) => sentence_index === number))
    .map((number) => ({ first: number, second: number, words: undefined }));
}

/** Returns what two runs made, side by side, by sample and sentence. */
export function compareRuns(first: Run, second: Run): readonly ComparedSample[] {
  const isComparable = haveSameScorer(first, second);
  const sentences = commonSentences(first, second);
  return samplesOf(first, second).map((index) => {
    const scores = { first: scoreOf(first, index), second: scoreOf(second, index) };
    return {
      index,
      scores,
      difference:
        isComparable && scores.first !== undefined && scores.second !== undefined
          ? scores.second - scores.first
          : undefined,
      tests: sentences.map((sentence) => ({
        sentence,
        first: testOf(first, index, sentence.first),
        second: testOf(second, index, sentence.second),
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

const sorted = (values: readonly number[]): readonly number[] => [...new Set(values)].toSorted((a, b) => a - b);
