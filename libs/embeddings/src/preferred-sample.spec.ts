import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bestScored, sortScores } from './preferred-sample.js';

describe('sortScores', () => {
  it('tells the best first, of equal ones the earlier sample', () => {
    const scores = [
      { sampleIndex: 4, score: -0.2 },
      { sampleIndex: 3, score: 0.92 },
      { sampleIndex: 2, score: 0.88 },
      { sampleIndex: 1, score: 0.92 },
    ];
    expect(sortScores(scores).map(({ sampleIndex }) => sampleIndex)).toEqual([1, 3, 2, 4]);
    expect(scores[0]).toEqual({ sampleIndex: 4, score: -0.2 }); // what it is given stays as it is
  });
});

describe('bestScored', () => {
  it('prefers nothing when nothing was scored', () => {
    expect(bestScored([])).toBeNull();
  });

  it('prefers a sample that none beats', () => {
    const score = fc.record({
      sampleIndex: fc.integer({ min: 1, max: 500 }),
      score: fc.double({ min: -1, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(score, { selector: (s) => s.sampleIndex, minLength: 1 }), (scores) => {
        const best = bestScored(scores);
        const bestScore = scores.find(({ sampleIndex }) => sampleIndex === best)?.score;
        expect(scores.every((other) => other.score <= (bestScore ?? -2))).toBe(true);
      }),
    );
  });
});
