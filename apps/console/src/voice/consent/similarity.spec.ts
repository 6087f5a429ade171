import { describe, expect, it } from '@jest/globals';
import type { Schema } from '#libs/client';
import { similarityVerdict } from './similarity.js';

const info = (scorer: string, ...scores: readonly number[]) =>
  ({
    engine: { scorer },
    sample_scores: scores.map((score, at) => ({ sample_index: at + 1, score })),
  }) as unknown as Schema<'EmbeddingInfo'>;

const similarity = (score: number) => ({ score, scorer: 'scorer 1', measured_at: '2026-01-01T00:00:00Z' });

describe('similarityVerdict', () => {
  it('is alike near the scores of the samples', () => {
    expect(similarityVerdict(similarity(0.72), info('scorer 1', 0.9, 0.8))).toBe('alike');
  });

  it('is different below all of them, without counting silent samples', () => {
    expect(similarityVerdict(similarity(0.3), info('scorer 1', 0.9, 0.8, -1))).toBe('different');
  });

  it('is alone without scores of the same scorer', () => {
    expect(similarityVerdict(similarity(0.3), info('scorer 2', 0.9))).toBe('alone');
    expect(similarityVerdict(similarity(0.3), info('scorer 1'))).toBe('alone');
    expect(similarityVerdict(similarity(0.3), null)).toBe('alone');
  });
});
