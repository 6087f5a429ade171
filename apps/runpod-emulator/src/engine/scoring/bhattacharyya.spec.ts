import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bhattacharyyaDistance, choleskyFactor } from './bhattacharyya.js';
import { fitGaussian } from './gaussian.js';

const gaussian = (mean: readonly number[], covariance: readonly number[]) => ({
  mean: Float64Array.from(mean),
  covariance: Float64Array.from(covariance),
});
const cloud = fc
  .array(fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 3, maxLength: 3 }), { minLength: 1 })
  .map((vectors) =>
    fitGaussian(
      vectors.map((vector) => Float64Array.from(vector)),
      0.05,
    ),
  );

describe('bhattacharyyaDistance', () => {
  it('is an eighth of the squared shift for unit variances', () => {
    expect(bhattacharyyaDistance(gaussian([0], [1]), gaussian([2], [1]))).toBeCloseTo(0.5, 12);
  });

  it('measures the spread if the means are equal', () => {
    expect(bhattacharyyaDistance(gaussian([3], [1]), gaussian([3], [4]))).toBeCloseTo(0.5 * Math.log(2.5 / 2), 12);
  });

  it('uses the covariances, not only the variances', () => {
    const tilted = gaussian([0, 0], [2, 1, 1, 2]);
    const along = bhattacharyyaDistance(tilted, gaussian([1, 1], [2, 1, 1, 2]));
    const across = bhattacharyyaDistance(tilted, gaussian([1, -1], [2, 1, 1, 2]));
    expect(along).toBeCloseTo(2 / 3 / 8, 12);
    expect(across).toBeCloseTo(2 / 8, 12);
  });

  it('is symmetric, finite, never negative, and 0 for equal Gaussians', () => {
    fc.assert(
      fc.property(cloud, cloud, (a, b) => {
        const distance = bhattacharyyaDistance(a, b);
        expect(Number.isFinite(distance)).toBe(true);
        expect(distance).toBeGreaterThanOrEqual(0);
        expect(distance).toBeCloseTo(bhattacharyyaDistance(b, a), 9);
        expect(bhattacharyyaDistance(a, a)).toBeCloseTo(0, 9);
      }),
    );
  });

  it('rejects a matrix that is not a covariance', () => {
    expect(() => choleskyFactor(Float64Array.from([1, 2, 2, 1]), 2)).toThrow('not positive definite');
  });
});
