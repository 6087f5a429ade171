/** Mean and full covariance (row by row, dimension × dimension) of a set of vectors. */
export interface Gaussian {
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
}

/**
 * Fits a Gaussian to vectors. Adds `ridge` to the diagonal, so that the covariance of few or equal vectors is
 * invertible.
 *
 * @param vectors at least one, all of the same length
 */
export function fitGaussian(vectors: readonly Float64Array[], ridge: number): Gaussian {
  const dimension = vectors[0]?.length ?? 0;
  if (dimension === 0) throw new RangeError('A Gaussian needs at least one vector');
  const mean = meanOf(vectors, dimension);
  const covariance = new Float64Array(dimension * dimension);
  for (const vector of vectors) addOuterProduct(covariance, vector, mean);
  for (let row = 0; row < dimension; row++) {
    for (let column = 0; column <= row; column++) {
      const value = covariance[row * dimension + column]! / vectors.length + (row === column ? ridge : 0);
      covariance[row * dimension + column] = value;
      covariance[column * dimension + row] = value;
    }
  }
  return { mean, covariance };
}

function meanOf(vectors: readonly Float64Array[], dimension: number): Float64Array {
  const mean = new Float64Array(dimension);
  for (const vector of vectors) for (let i = 0; i < dimension; i++) mean[i]! += vector[i]! / vectors.length;
  return mean;
}

/** Adds (vector − mean)(vector − mean)ᵀ to the lower triangle. */
function addOuterProduct(lower: Float64Array, vector: Float64Array, mean: Float64Array): void {
  const dimension = mean.length;
  for (let row = 0; row < dimension; row++) {
    const deviation = vector[row]! - mean[row]!;
    for (let column = 0; column <= row; column++) {
      lower[row * dimension + column]! += deviation * (vector[column]! - mean[column]!);
    }
  }
}
