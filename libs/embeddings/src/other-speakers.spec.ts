import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { otherSpeakers } from './other-speakers.js';

const scored = (...scores: readonly number[]) => scores.map((score, at) => ({ sampleIndex: at + 1, score }));

const withParts = (...scores: readonly (readonly [score: number, lowestPartScore: number])[]) =>
  scores.map(([score, lowestPartScore], at) => ({ sampleIndex: at + 1, score, lowestPartScore }));

describe('otherSpeakers', () => {
  it('returns the samples far below the others', () => {
    expect([...otherSpeakers(scored(0.8, 0.82, 0.6, 0.78)).keys()]).toEqual([3]);
    expect([...otherSpeakers(scored(0.3, 0.8, 0.82, 0.6, 0.78)).keys()]).toEqual([1, 4]);
  });

  it('tells a sample with a part that is far below those of the others from one that is so as a whole', () => {
    const scores = withParts([0.8, 0.7], [0.5, 0.4], [0.82, 0.71], [0.76, 0.55], [0.79, 0.69], [0.78, 0.7]);
    expect(otherSpeakers(scores)).toEqual(
      new Map([
        [2, 'whole'],
        [4, 'part'],
      ]),
    );
  });

  it('accuses no part if that would make a majority with the others', () => {
    const scores = withParts([0.8, 0.7], [0.5, 0.7], [0.82, 0.5], [0.8, 0.7], [0.8, 0.7], [0.4, 0.7]);
    expect([...otherSpeakers(scores).keys()]).toEqual([2, 6]);
  });

  it('needs four scores of parts, which short samples lack', () => {
    const scores = [...withParts([0.8, 0.7], [0.8, 0.7], [0.8, 0.4]), { sampleIndex: 4, score: 0.8 }];
    expect(otherSpeakers(scores).size).toBe(0);
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
    const score = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(score, score), { maxLength: 30 }), (values) => {
        const scores = withParts(...values);
        const found = otherSpeakers(scores);
        expect(2 * found.size).toBeLessThan(Math.max(1, values.length));
        const reversed = otherSpeakers([...scores].reverse());
        expect([...reversed.keys()].sort()).toEqual([...found.keys()].sort());
      }),
    );
  });
});
