import { describe, expect, it } from '@jest/globals';
import { cutAt, cutsOf } from './cut.js';

describe('cutsOf', () => {
  const cuts = cutsOf({
    preferred_sample_index: 2,
    samples: [
      { index: 1, source_timestamp: '00:00', start: 0, duration: 15, quality: null },
      { index: 2, source_timestamp: '00:15', start: 15, duration: 15, quality: null },
      { index: 3, source_timestamp: null, start: null, duration: 5, quality: null },
    ],
  });

  it('has the samples of the recording, not uploaded ones', () => {
    expect(cuts).toEqual([
      { number: 1, from: 0, to: 15, grade: undefined, isPreferred: false },
      { number: 2, from: 15, to: 30, grade: undefined, isPreferred: true },
    ]);
  });

  it('is found by a place', () => {
    expect(cutAt(cuts, 14.9)?.number).toBe(1);
    expect(cutAt(cuts, 15)?.number).toBe(2);
    expect(cutAt(cuts, 30)).toBeUndefined();
  });
});
