import { describe, expect, it } from '@jest/globals';
import type { StoredSampleEmbedding } from '#libs/database';
import { chooseEmbedding, type EmbeddingChoice } from './choose-embedding.js';

const made = (sampleIndex: number, score: number | null): StoredSampleEmbedding => ({
  sampleIndex,
  sampleSha256: `audio ${sampleIndex}`,
  score,
  secondsUsed: 15,
  objectKey: `embedding ${sampleIndex}`,
  bytes: 9,
  sha256: 'ab',
  crc32: 1,
});

const choice: EmbeddingChoice = {
  embeddings: [made(1, 0.8), made(2, null), made(3, 0.9)],
  samples: [1, 2, 3, 4].map((index) => ({ index, sha256: `audio ${index}` })),
  preferredSampleIndex: null,
};
const chosen = (from: Partial<EmbeddingChoice>, sampleIndex?: number): number =>
  chooseEmbedding({ ...choice, ...from }, sampleIndex).sampleIndex;

describe('chooseEmbedding', () => {
  it('returns that of the requested sample', () => expect(chosen({ preferredSampleIndex: 1 }, 2)).toBe(2));

  it('returns that of the preferred sample without a request', () =>
    expect(chosen({ preferredSampleIndex: 1 })).toBe(1));

  it('returns the best-scored if there is no preferred sample, or none with an embedding', () => {
    expect(chosen({})).toBe(3);
    expect(chosen({ preferredSampleIndex: 4 })).toBe(3);
    expect(chosen({ embeddings: [made(2, null)] })).toBe(2);
  });

  it('returns no embedding of a sample that has other audio now', () => {
    const samples = [{ index: 3, sha256: 'of a re-split' }, ...choice.samples.slice(0, 1)];
    expect(chosen({ samples })).toBe(1);
    expect(() => chosen({ samples }, 3)).toThrow(expect.objectContaining({ code: 'embedding_not_found' }));
  });

  it('throws embedding_not_found for a sample without one', () => {
    expect(() => chosen({}, 4)).toThrow(expect.objectContaining({ code: 'embedding_not_found' }));
  });

  it('throws no_embedding if no sample has one', () => {
    expect(() => chosen({ embeddings: [] })).toThrow(expect.objectContaining({ code: 'no_embedding' }));
  });
});
