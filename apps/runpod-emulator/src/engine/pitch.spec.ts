import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../../test/random.js';
import { medianPitchHz } from './pitch.js';

const RATE = 8000;
/** Like a voice: all harmonics, falling. */
const buzz = (hertz: number): Float32Array =>
  Float32Array.from({ length: RATE }, (_, n) => {
    let sum = 0;
    for (let k = 1; k * hertz < 3400; k++) sum += Math.sin((2 * Math.PI * k * hertz * n) / RATE) / k;
    return sum * 0.2;
  });

describe('medianPitchHz', () => {
  it.each([75, 110, 147, 220, 330, 390])('hears %d Hz within 2 %%', (hertz) => {
    expect(Math.abs((medianPitchHz(buzz(hertz), RATE) ?? 0) / hertz - 1)).toBeLessThan(0.02);
  });

  it('hears none in silence, in noise and in nothing', () => {
    const random = seededRandom(1);
    expect(medianPitchHz(new Float32Array(RATE), RATE)).toBeNull();
    expect(
      medianPitchHz(
        Float32Array.from({ length: RATE }, () => random() - 0.5),
        RATE,
      ),
    ).toBeNull();
    expect(medianPitchHz(new Float32Array(0), RATE)).toBeNull();
  });
});
