import type { Schema } from '#libs/client';

/** A sample with what was spoken in its voice. */
export interface PreviewRow {
  readonly index: number;
  /** Undefined if the sample has been deleted since the embedding. */
  readonly sample: Schema<'Sample'> | undefined;
  readonly score: number | undefined;
  readonly isPreferred: boolean;
  /** By the order of {@link Previewed.sentences}; undefined where a test sample is missing. */
  readonly tests: readonly (Schema<'TestSampleName'> | undefined)[];
}

/** What one can hear of an embedding. */
export interface Previewed {
  readonly rows: readonly PreviewRow[];
  readonly sentences: readonly Sentence[];
}

export interface Sentence {
  /** From 1. */
  readonly index: number;
  /** Undefined if it was not recorded. */
  readonly text: string | undefined;
}

export type PreviewOrder = 'index' | 'score';

/**
 * Returns one row for each sample of the voice or of its embedding.
 *
 * @param order by number, or the best score first and samples without a score last
 */
export function previewRows(voice: Schema<'VoiceDetails'>, order: PreviewOrder = 'index'): Previewed {
  const info = voice.embedding_info;
  const tests = info?.test_samples ?? [];
  const sentences = unique(tests.map(({ sentence_index }) => sentence_index)).map((index) => ({
    index,
    text: info?.test_sentences[index - 1],
  }));
  const indexes = unique(
    [...voice.samples, ...tests.map(({ sample_index }) => ({ index: sample_index }))].map(indexOf),
  );
  const rows = indexes.map((index) => ({
    index,
    sample: voice.samples.find((sample) => sample.index === index),
    score: info?.sample_scores.find(({ sample_index }) => sample_index === index)?.score,
    isPreferred: voice.preferred_sample_index === index,
    tests: sentences.map((sentence) =>
      tests.find((test) => test.sample_index === index && test.sentence_index === sentence.index),
    ),
  }));
  return { sentences, rows: order === 'index' ? rows : rows.toSorted(byScore) };
}

const indexOf = ({ index }: { readonly index: number }): number => index;

const unique = (values: readonly number[]): readonly number[] => [...new Set(values)].toSorted((a, b) => a - b);

const byScore = (a: PreviewRow, b: PreviewRow): number => (b.score ?? -2) - (a.score ?? -2) || a.index - b.index;
