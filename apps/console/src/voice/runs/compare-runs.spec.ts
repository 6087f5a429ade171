import { describe, expect, it } from '@jest/globals';
import type { Schema } from '#libs/client';
import { commonSentences, compareRuns } from './compare-runs.js';

type Run = Schema<'EmbeddingRunDetails'>;

const run = (
  scorer: string | null,
  scores: Readonly<Record<number, number>>,
  tests: readonly [number, number][],
  test_sentences: string[] = ['One.', 'Two.'],
): Run => ({
  run_id: 'run',
  tts_type: 'kyutai',
  engine: scorer === null ? null : { name: 'engine', version: '1', model: null, revision: null, scorer },
  language: 'en',
  created_at: '2026-01-01T00:00:00Z',
  current: false,
  sample_count: 2,
  best_score: null,
  bytes: 1,
  embedding_zip_url: 'https://example.com/zip',
  test_sentences,
  sample_scores: Object.entries(scores).map(([index, score]) => ({ sample_index: Number(index), score })),
  test_samples: tests.map(([sample_index, sentence_index]) => ({
    sample_index,
    sentence_index,
    filename: `test_${sample_index}_${sentence_index}.opus`,
    duration: 3,
    url: 'https://example.com/audio',
  })),
});

describe('compareRuns', () => {
  it('puts scores and test samples of both runs side by side', () => {
    const rows = compareRuns(
      run('s1', { 2: 0.5, 1: 0.4 }, [[1, 1]]),
      run('s1', { 1: 0.75 }, [
        [1, 1],
        [1, 2],
      ]),
    );
    expect(rows.map(({ index, scores, difference }) => [index, scores, difference])).toEqual([
      [1, { first: 0.4, second: 0.75 }, 0.35],
      [2, { first: 0.5, second: undefined }, undefined],
    ]);
    expect(rows[0]?.tests.map(({ first, second }) => [first?.filename, second?.filename])).toEqual([
      ['test_1_1.opus', 'test_1_1.opus'],
      [undefined, 'test_1_2.opus'],
    ]);
  });

  it.each([
    ['s1', 's2'],
    [null, null],
  ])('compares no scores of the scorers %s and %s', (one, other) => {
    expect(compareRuns(run(one, { 1: 0.5 }, []), run(other, { 1: 0.6 }, []))[0]?.difference).toBeUndefined();
  });
});

describe('commonSentences', () => {
  it('finds the same words under other numbers', () => {
    const [one, other] = [run('s1', {}, [], ['One.', 'Two.', 'Three.']), run('s1', {}, [], ['Two.', 'Four.', 'One.'])];
    expect(commonSentences(one, other)).toEqual([
      { first: 1, second: 3, words: 'One.' },
      { first: 2, second: 1, words: 'Two.' },
    ]);
  });

  it('goes by the numbers where no words are the same, or none are known', () => {
    const [one, other] = [
      run(
        's1',
        {},
        [
          [1, 1],
          [1, 2],
        ],
        ['Uno.'],
      ),
      run('s1', {}, [[3, 2]], []),
    ];
    expect(commonSentences(one, other)).toEqual([{ first: 2, second: 2, words: undefined }]);
  });
});
