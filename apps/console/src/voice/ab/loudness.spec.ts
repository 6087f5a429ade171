import { describe, expect, it } from '@jest/globals';
import { loudnessOf, silenceLufs } from './loudness.js';

const sine = (seconds: number, amplitude: number, rate = 48_000, frequency = 997): Float32Array =>
  Float32Array.from({ length: seconds * rate }, (_, at) => amplitude * Math.sin((2 * Math.PI * frequency * at) / rate));

const joined = (...parts: readonly Float32Array[]): Float32Array =>
  Float32Array.from(parts.flatMap((part) => [...part]));

describe('loudnessOf', () => {
  it.each([44_100, 48_000])('returns -3.01 LUFS for a sine of 997 Hz at full scale, at %d Hz', (rate) => {
    expect(loudnessOf(sine(2, 1, rate), rate)).toBeCloseTo(-3.01, 1);
  });

  it('falls by 20 dB with a tenth of the amplitude', () => {
    expect(loudnessOf(sine(2, 0.1), 48_000)).toBeCloseTo(-23.01, 1);
  });

  it('does not count pauses', () => {
    const withPause = joined(sine(3, 0.1), new Float32Array(5 * 48_000), sine(3, 0.1));
    expect(loudnessOf(withPause, 48_000)).toBeCloseTo(-23, 0);
  });

  it('hears low frequencies less', () => {
    expect(loudnessOf(sine(2, 0.1, 48_000, 40), 48_000)).toBeLessThan(-26);
  });

  it('returns -70 LUFS for silence and for nothing', () => {
    expect(loudnessOf(new Float32Array(48_000), 48_000)).toBe(silenceLufs);
    expect(loudnessOf(new Float32Array(0), 48_000)).toBe(silenceLufs);
  });

  it('measures sounds shorter than a block', () => {
    expect(loudnessOf(sine(0.2, 1), 48_000)).toBeCloseTo(-3.01, 0);
    expect(loudnessOf(sine(0.05, 1), 48_000)).toBeCloseTo(-3.01, 0);
  });
});
