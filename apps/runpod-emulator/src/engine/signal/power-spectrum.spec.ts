import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PowerSpectrum } from './power-spectrum.js';

function naivePower(frame: readonly number[], size: number, bin: number): number {
  let [re, im] = [0, 0];
  for (let n = 0; n < frame.length; n++) {
    re += frame[n]! * Math.cos((2 * Math.PI * bin * n) / size);
    im -= frame[n]! * Math.sin((2 * Math.PI * bin * n) / size);
  }
  return re ** 2 + im ** 2;
}

describe('PowerSpectrum', () => {
  it('puts a cosine of a whole number of periods into one bin', () => {
    const frame = Array.from({ length: 64 }, (_, n) => Math.cos((2 * Math.PI * 5 * n) / 64));
    const power = [...new PowerSpectrum(64).of(frame)];
    expect(power[5]).toBeCloseTo(32 ** 2, 6);
    power.splice(5, 1);
    expect(Math.max(...power)).toBeLessThan(1e-18);
  });

  it('equals the definition of the transform, with shorter frames padded with zeros', () => {
    const spectrum = new PowerSpectrum(32);
    const frames = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 32 });
    fc.assert(
      fc.property(frames, (frame) => {
        spectrum.of(frame).forEach((value, bin) => expect(value).toBeCloseTo(naivePower(frame, 32, bin), 8));
      }),
    );
  });

  it('rejects sizes that are not a power of two', () => {
    expect(() => new PowerSpectrum(100)).toThrow(RangeError);
  });
});
