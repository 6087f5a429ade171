import { describe, expect, it } from '@jest/globals';
import { matchLevels, samePlace } from './level-match.js';

const of = (loudnessLufs: number) => ({ loudnessLufs, durationSeconds: 3 });

describe('matchLevels', () => {
  it('lowers the louder one and leaves the other', () => {
    expect(matchLevels(of(-16.04), of(-21.3))).toEqual({ a: -5.3, b: 0 });
    expect(matchLevels(of(-23), of(-18))).toEqual({ a: 0, b: -5 });
  });

  it('changes nothing where both are equally loud, or one is silent', () => {
    expect(matchLevels(of(-20), of(-20))).toEqual({ a: 0, b: 0 });
    expect(matchLevels(of(-70), of(-20))).toEqual({ a: 0, b: 0 });
  });
});

describe('samePlace', () => {
  it('is the same time where the other sound is long enough', () => {
    expect(samePlace(2.5, 4)).toBe(2.5);
  });

  it('is the start where it is not, or where its length is not known', () => {
    expect(samePlace(3.9, 4)).toBe(0);
    expect(samePlace(9, 4)).toBe(0);
    expect(samePlace(1, undefined)).toBe(0);
  });
});
