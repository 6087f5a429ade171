import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../../../test/random.js';
import { medianPitchHz } from './pitch.js';

const sampleRate = 8000;
/** A tone like a voice, with all harmonics, decreasing. */
const buzz = (hertz: number): Float32Array =>
  Float32Array.from({ length: sampleRate }, (_, n) => {
    let sum = 0;
    for (let k = 1; k * hertz < 3400; k++) sum += Math.sin((2 * Math.PI * k * hertz * n) / sampleRate) / k;
    return sum * 0.2;
  });

describe('medianPitchHz', () => {
  it.each([75, 110, 147, 220, 330, 390])('finds %d Hz within 2 %%', (hertz) => {
    expect(Math.abs((medianPitchHz(buzz(hertz), sampleRate) ?? 0) / hertz - 1)).toBeLessThan(0.02);
  });

  it('returns null for silence, noise and no samples', () => {
    const random = seededRandom(1);
    expect(medianPitchHz(new Float32Array(sampleRate), sampleRate)).toBeNull();
    expect(
      medianPitchHz(
        Float32Array.from({ length: sampleRate }, () => random() - 0.5),
        sampleRate,
      ),
    ).toBeNull();
    expect(medianPitchHz(new Float32Array(0), sampleRate)).toBeNull();
  });
});
