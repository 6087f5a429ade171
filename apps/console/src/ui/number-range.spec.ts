import { describe, expect, it } from '@jest/globals';
import { clamped, numberIn } from './number-range.js';

const range = { minValue: 5, maxValue: 60 };

describe('numberIn', () => {
  it('takes whole numbers of the range, and an empty text as NaN', () => {
    expect(['5', ' 60 ', '12'].map((typed) => numberIn(typed, range))).toEqual([5, 60, 12]);
    expect(numberIn('  ', range)).toBeNaN();
  });

  it('takes nothing else', () => {
    expect(['4', '61', '7.5', 'ten', '1e'].map((typed) => numberIn(typed, range))).toEqual(Array(5).fill(undefined));
  });
});

describe('clamped', () => {
  it('returns the closest number of the range', () => {
    expect(['1', '600', '7.6'].map((typed) => clamped(typed, range))).toEqual([5, 60, 8]);
    expect(clamped('ten', range)).toBeNaN();
  });
});
