import { describe, expect, it } from '@jest/globals';
import { fitGaussian } from './gaussian.js';

describe('fitGaussian', () => {
  it('returns mean and covariance, with the ridge on the diagonal', () => {
    const vectors = [
      [1, 2],
      [3, 6],
    ].map((vector) => Float64Array.from(vector));
    const { mean, covariance } = fitGaussian(vectors, 0.05);
    expect([...mean]).toEqual([2, 4]);
    expect([...covariance]).toEqual([1.05, 2, 2, 4.05]);
  });

  it('throws without a vector', () => {
    expect(() => fitGaussian([], 0.05)).toThrow(RangeError);
  });
});
