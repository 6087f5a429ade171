import { describe, expect, it } from '@jest/globals';
import { perMinute } from './rate.js';

describe('perMinute', () => {
  it('counts the jobs that ended after the first wave, over the time they took', () => {
    expect(perMinute([10, 11, 12, 13], 1)).toBe(60);
    expect(perMinute([12, 10, 10, 12, 14, 14], 2)).toBe(60); // two every 2 s
  });

  it('throws if there is only one wave', () => {
    expect(() => perMinute([10, 11], 2)).toThrow('Too few');
    expect(() => perMinute([10, 10], 1)).toThrow('Too few');
  });
});
