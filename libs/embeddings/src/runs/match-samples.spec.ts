import { describe, expect, it } from '@jest/globals';
import { matchSamples, type ComparedSample } from './match-samples.js';

const sample = (index: number, sha256 = `hash ${index}`): ComparedSample => ({ index, sha256 });
const made = [1, 2, 3].map((sampleIndex) => ({ sampleIndex, sha256: `hash ${sampleIndex}` }));

describe('matchSamples', () => {
  it.each([
    ['the same samples', [sample(1), sample(2), sample(3)], 4, 'same'],
    ['a sample more', [sample(1), sample(2), sample(3), sample(4)], 5, 'changed'],
    ['a deleted sample', [sample(1), sample(3)], 4, 'changed'],
    ['a sample in place of a deleted one', [sample(1), sample(3), sample(4)], 5, 'changed'],
    ['other samples under the same indexes', [1, 2, 3].map((index) => sample(index, 'other')), 4, 'gone'],
    ['one other sample under the same index', [sample(1), sample(2, 'other'), sample(3)], 4, 'gone'],
    ['fewer samples after a re-split, whose indexes are used again', [sample(1), sample(2)], 3, 'gone'],
    ['no samples', [], 4, 'gone'],
    ['only samples that were added later', [sample(4)], 5, 'gone'],
  ] as const)('compares with %s', (_what, current, nextIndex, match) => {
    expect(matchSamples(made, current, nextIndex)).toBe(match);
  });

  it('returns gone if it is not known what the run was made of', () => {
    expect(matchSamples(null, [sample(1)], 2)).toBe('gone');
  });
});
