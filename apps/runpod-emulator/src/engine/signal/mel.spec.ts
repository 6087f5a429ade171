import { describe, expect, it } from '@jest/globals';
import { bandEnergy, hertzOfMel, melBands, melOfHertz } from './mel.js';

const layout = { bands: 24, lowHz: 300, highHz: 3400, fftSize: 256, sampleRate: 8000 };

describe('melBands', () => {
  it('map 1000 Hz to 1000 mel, the fixed point of the scale', () => {
    expect(melOfHertz(1000)).toBeCloseTo(1000, 0);
    expect(hertzOfMel(melOfHertz(440))).toBeCloseTo(440, 9);
  });

  it('stay inside their range and peak at 1 or less', () => {
    const bands = melBands(layout);
    expect(bands).toHaveLength(24);
    for (const { firstBin, weights } of bands) {
      expect(firstBin * 31.25).toBeGreaterThan(300);
      expect((firstBin + weights.length - 1) * 31.25).toBeLessThan(3400);
      expect(weights.every((weight) => weight > 0 && weight <= 1)).toBe(true);
    }
  });

  it('put a tone only into the bands around it', () => {
    const power = new Float64Array(129);
    power[32] = 1; // 1000 Hz
    const energies = melBands(layout).map((band) => bandEnergy(band, power));
    expect(energies.filter((energy) => energy > 0)).toHaveLength(2);
    expect(energies.reduce((sum, energy) => sum + energy)).toBeCloseTo(1, 1);
  });

  it('throw if they are narrower than the bins', () => {
    expect(() => melBands({ ...layout, bands: 80, fftSize: 64 })).toThrow(RangeError);
  });
});
