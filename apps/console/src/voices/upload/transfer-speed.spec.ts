import { describe, expect, it } from '@jest/globals';
import { type Mark, secondsLeft, speedOf, withMark } from './transfer-speed.js';

const marks = (...pairs: readonly (readonly [number, number])[]): readonly Mark[] =>
  pairs.reduce<readonly Mark[]>((list, [atMs, loaded]) => withMark(list, { atMs, loaded }), []);

describe('speedOf', () => {
  it('is that of the last seconds', () => {
    expect(speedOf(marks([0, 0], [1000, 500]))).toBe(500);
    expect(speedOf(marks([0, 0], [1000, 1_000_000], [20_000, 1_000_000], [21_000, 1_002_000]))).toBe(2000);
  });

  it('is unknown at first', () => {
    expect(speedOf([])).toBeUndefined();
    expect(speedOf(marks([0, 0], [100, 90_000]))).toBeUndefined();
  });
});

describe('secondsLeft', () => {
  it('is what is left at this speed', () => {
    expect(secondsLeft(250, 1000, 250)).toBe(3);
  });

  it('is unknown while nothing moves', () => {
    expect(secondsLeft(250, 1000, 0)).toBeUndefined();
    expect(secondsLeft(250, 1000, undefined)).toBeUndefined();
  });
});
