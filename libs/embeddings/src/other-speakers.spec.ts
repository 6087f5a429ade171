import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { otherSpeakers } from './other-speakers.js';

const scored = (...scores: readonly number[]) => scores.map((score, at) => ({ sampleIndex: at + 1, score }));

describe('otherSpeakers', () => {
  it('returns the samples far below the others', () => {
    expect([...otherSpeakers(scored(0.8, 0.82, 0.6, 0.78))]).toEqual([3]);
    expect([...otherSpeakers(scored(0.3, 0.8, 0.82, 0.6, 0.78))]).toEqual([1, 4]);
  });

  it('returns none among fewer than four samples, which do not tell which one is odd', () => {
    expect(otherSpeakers(scored(0.9, 0.9, 0.1)).size).toBe(0);
    expect(otherSpeakers([]).size).toBe(0);
  });

  it('returns none among scores that differ as those of one speaker do', () => {
    expect(otherSpeakers(scored(0.9, 0.85, 0.8, 0.76)).size).toBe(0);
  });

  it('returns none among two halves, which do not tell which one is odd', () => {
    expect(otherSpeakers(scored(0.9, 0.9, 0.2, 0.2)).size).toBe(0);
  });

  it('returns a minority only, whatever the order of the scores', () => {
    const scores = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { maxLength: 30 });
    fc.assert(
      fc.property(scores, (values) => {
        const found = otherSpeakers(scored(...values));
        expect(2 * found.size).toBeLessThan(Math.max(1, values.length));
        const reversed = otherSpeakers(scored(...values).reverse());
        expect([...reversed].sort()).toEqual([...found].sort());
      }),
    );
  });
});
