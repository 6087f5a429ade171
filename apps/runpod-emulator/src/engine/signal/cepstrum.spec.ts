import { describe, expect, it } from '@jest/globals';
import { cepstralBasis, cepstrum } from './cepstrum.js';

describe('cepstrum', () => {
  const basis = cepstralBasis(15, 24);

  it('does not depend on loudness', () => {
    for (const value of cepstrum(basis, new Float64Array(24).fill(7.5))) expect(value).toBeCloseTo(0, 12);
  });

  it('has an orthonormal basis', () => {
    basis.forEach((a, i) =>
      basis.forEach((b, j) =>
        expect(a.reduce((sum, value, k) => sum + value * b[k]!, 0)).toBeCloseTo(i === j ? 1 : 0, 12),
      ),
    );
  });
});
