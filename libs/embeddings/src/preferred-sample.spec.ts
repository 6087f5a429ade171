import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { QualityFigures } from '#libs/audio';
import { goodFigures as good } from '../../../test/support/quality-figures.js';
import { choosePreferred, sortScores, type MeasuredSample } from './preferred-sample.js';

describe('sortScores', () => {
  it('puts the best first, and the earlier of equal ones', () => {
    const scores = [
      { sampleIndex: 4, score: -0.2 },
      { sampleIndex: 3, score: 0.92 },
      { sampleIndex: 2, score: 0.88 },
      { sampleIndex: 1, score: 0.92 },
    ];
    expect(sortScores(scores).map(({ sampleIndex }) => sampleIndex)).toEqual([1, 3, 2, 4]);
    expect(scores[0]).toEqual({ sampleIndex: 4, score: -0.2 }); // its argument is not changed
  });
});

const poor: QualityFigures = { ...good, snrDb: 5 };

const measured = (qualities: readonly (QualityFigures | null)[]): readonly MeasuredSample[] =>
  qualities.map((quality, at) => ({ index: at + 1, quality }));

const scored = (...scores: readonly number[]) => scores.map((score, at) => ({ sampleIndex: at + 1, score }));

describe('choosePreferred', () => {
  it('returns null when nothing was scored', () => {
    expect(choosePreferred([], measured([good]))).toBeNull();
  });

  it('returns the best-scored sample without a poor grade', () => {
    expect(choosePreferred(scored(0.8, 0.95, 0.9), measured([good, poor, { ...good, endsInSpeech: true }]))).toBe(3);
  });

  it('returns the best-scored one of all if all are poor', () => {
    expect(choosePreferred(scored(0.8, 0.95, 0.9), measured([poor, poor, poor]))).toBe(2);
  });

  it('takes samples that were not measured as they are scored', () => {
    expect(choosePreferred(scored(0.8, 0.95, 0.9), measured([good, null, good]))).toBe(2);
    expect(choosePreferred(scored(0.8, 0.95, 0.9), [])).toBe(2);
  });

  it('returns a sample that no other of its kind beats, poor or not', () => {
    const sample = fc.record({
      index: fc.integer({ min: 1, max: 500 }),
      score: fc.double({ min: -1, max: 1, noNaN: true }),
      quality: fc.constantFrom(good, poor, null),
    });
    fc.assert(
      fc.property(fc.uniqueArray(sample, { selector: ({ index }) => index, minLength: 1, maxLength: 3 }), (samples) => {
        const scores = samples.map(({ index, score }) => ({ sampleIndex: index, score }));
        const chosen = samples.find(({ index }) => index === choosePreferred(scores, samples));
        const rivals = samples.filter(({ quality }) => quality !== poor);
        const isBest = (rivals.length > 0 ? rivals : samples).every(({ score }) => score <= (chosen?.score ?? -2));
        expect(isBest && (rivals.length === 0 || rivals.some((rival) => rival === chosen))).toBe(true);
      }),
    );
  });
});
