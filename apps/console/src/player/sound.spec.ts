import { describe, expect, it } from '@jest/globals';
import { amplitudeOf, isOver } from './sound.js';

describe('amplitudeOf', () => {
  it('doubles the amplitude with 6 dB', () => {
    expect(amplitudeOf(0)).toBe(1);
    expect(amplitudeOf(6)).toBeCloseTo(2, 1);
    expect(amplitudeOf(-20)).toBeCloseTo(0.1);
  });
});

describe('isOver', () => {
  const sound = { id: 'a', name: 'a', url: 'a' };

  it('is true from the place where a sound stops', () => {
    expect(isOver({ ...sound, until: 12 }, 11.9)).toBe(false);
    expect(isOver({ ...sound, until: 12 }, 12)).toBe(true);
  });

  it('is false for a sound that is played to its end', () => {
    expect(isOver(sound, 1e9)).toBe(false);
  });
});
