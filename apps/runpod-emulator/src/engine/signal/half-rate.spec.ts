import { describe, expect, it } from '@jest/globals';
import { halfRate } from './half-rate.js';

const tone = (hertz: number, rate: number, length: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin((2 * Math.PI * hertz * i) / rate));
const loudest = (samples: Float32Array): number => samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

describe('halfRate', () => {
  it.each([100, 300, 1_000, 3_000])('preserves a tone of %d Hz', (hertz) => {
    const halved = halfRate(tone(hertz, 16_000, 1_600)).subarray(20, -20);
    const expected = tone(hertz, 8_000, 800).subarray(20, -20);
    expect(loudest(halved.map((value, i) => value - expected[i]!))).toBeLessThan(0.01);
  });

  it.each([5_000, 6_000, 7_500])('removes a tone of %d Hz', (hertz) => {
    expect(loudest(halfRate(tone(hertz, 16_000, 1_600)).subarray(20, -20))).toBeLessThan(0.01);
  });

  it('accepts any length', () => {
    expect([0, 1, 2, 3].map((length) => halfRate(new Float32Array(length)).length)).toEqual([0, 1, 1, 2]);
  });
});
