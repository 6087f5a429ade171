import { describe, expect, it } from '@jest/globals';
import { contractSeconds, contractTime } from './wire-format.js';

describe('contractSeconds', () => {
  it.each([
    [15, 15],
    [185.4, 185.4],
    [12.3456, 12.346],
    [0.0004, 0],
    [1 / 3, 0.333],
    [14.9935, 14.994],
  ])('rounds %d to %d', (seconds, rounded) => {
    expect(contractSeconds(seconds)).toBe(rounded);
  });
});

describe('contractTime', () => {
  it('returns whole seconds of UTC', () => {
    expect(contractTime(new Date('2025-01-15T12:30:59.999+02:00'))).toBe('2025-01-15T10:30:59Z');
  });
});
