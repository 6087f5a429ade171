import { describe, expect, it } from '@jest/globals';
import type { Schema } from '#libs/client';
import { previewRows } from './preview-rows.js';

const sample = (index: number) => ({ index, source_timestamp: null, duration: 5, quality: null });
const test = (sample_index: number, sentence_index: number) => ({
  sample_index,
  sentence_index,
  filename: `test_${sample_index}_${sentence_index}.opus`,
});

const voice = (more: object) =>
  ({
    samples: [sample(1), sample(2)],
    embedding_info: null,
    preferred_sample_index: 2,
    ...more,
  }) as unknown as Schema<'VoiceDetails'>;

describe('previewRows', () => {
  const embedded = voice({
    embedding_info: {
      test_samples: [test(2, 1), test(2, 3), test(4, 1)],
      sample_scores: [
        { sample_index: 2, score: 0.9 },
        { sample_index: 4, score: 0.7 },
      ],
      test_sentences: ['One.', 'Two.', 'Three.'],
    },
  });

  it('puts test samples beside the sample they came from, and leaves gaps where one is missing', () => {
    const { rows, sentences } = previewRows(embedded);
    expect(sentences).toEqual([
      { index: 1, text: 'One.' },
      { index: 3, text: 'Three.' },
    ]);
    expect(rows.map(({ index, tests }) => [index, tests.map((found) => found?.filename)])).toEqual([
      [1, [undefined, undefined]],
      [2, ['test_2_1.opus', 'test_2_3.opus']],
      [4, ['test_4_1.opus', undefined]],
    ]);
  });

  it('has rows for samples that were deleted since', () => {
    expect(previewRows(embedded).rows.map(({ sample }) => sample?.index)).toEqual([1, 2, undefined]);
  });

  it('marks the preferred sample and sorts by score, without one last', () => {
    const { rows } = previewRows(embedded, 'score');
    expect(rows.map(({ index, score, isPreferred }) => [index, score, isPreferred])).toEqual([
      [2, 0.9, true],
      [4, 0.7, false],
      [1, undefined, false],
    ]);
  });

  it('has rows without sentences before the first embedding', () => {
    expect(previewRows(voice({}))).toMatchObject({ sentences: [], rows: [{ index: 1 }, { index: 2 }] });
  });
});
