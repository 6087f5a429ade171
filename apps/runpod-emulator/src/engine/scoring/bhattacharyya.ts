import type { Gaussian } from './gaussian.js';

/**
 * Returns the Bhattacharyya distance of two Gaussians (Kailath, IEEE Trans. Comm. 1967):
 * ⅛ Δμᵀ Σ⁻¹ Δμ + ½ ln(det Σ / √(det Σ₁ det Σ₂)), with Σ = (Σ₁ + Σ₂)/2.
 *
 * Symmetric, 0 for equal Gaussians, unbounded.
 */
export function bhattacharyyaDistance(a: Gaussian, b: Gaussian): number {
  const dimension = a.mean.length;
  const pooled = a.covariance.map((value, i) => (value + b.covariance[i]!) / 2);
  const factor = choleskyFactor(pooled, dimension);
  const shift = a.mean.map((value, i) => value - b.mean[i]!);
  const meanTerm = squaredNorm(solveLower(factor, shift)) / 8;
  const spreadTerm = (logDeterminant(factor, dimension) - (gaussianLogDet(a) + gaussianLogDet(b)) / 2) / 2;
  return Math.max(0, meanTerm + spreadTerm);
}

const logDets = new WeakMap<Gaussian, number>();

/** ln det Σ, cached, because each Gaussian is compared with many. */
function gaussianLogDet(gaussian: Gaussian): number {
  const known = logDets.get(gaussian);
  if (known !== undefined) return known;
  const dimension = gaussian.mean.length;
  const value = logDeterminant(choleskyFactor(gaussian.covariance, dimension), dimension);
  logDets.set(gaussian, value);
  return value;
}

/**
 * Returns the lower triangular L with LLᵀ = matrix.
 *
 * @throws RangeError if the matrix is not positive definite
 */
export function choleskyFactor(matrix: Float64Array, dimension: number): Float64Array {
  const factor = new Float64Array(dimension * dimension);
  for (let row = 0; row < dimension; row++) {
    for (let column = 0; column <= row; column++) {
      let rest = matrix[row * dimension + column]!;
      for (let k = 0; k < column; k++) rest -= factor[row * dimension + k]! * factor[column * dimension + k]!;
      if (row !== column) factor[row * dimension + column] = rest / factor[column * dimension + column]!;
      else if (rest > 0) factor[row * dimension + row] = Math.sqrt(rest);
      else throw new RangeError('The matrix is not positive definite');
    }
  }
  return factor;
}

function logDeterminant(factor: Float64Array, dimension: number): number {
  let sum = 0;
  for (let i = 0; i < dimension; i++) sum += 2 * Math.log(factor[i * dimension + i]!);
  return sum;
}

/** Returns x with Lx = b. */
function solveLower(factor: Float64Array, b: Float64Array): Float64Array {
  const dimension = b.length;
  const x = new Float64Array(dimension);
  for (let row = 0; row < dimension; row++) {
    let rest = b[row]!;
    for (let k = 0; k < row; k++) rest -= factor[row * dimension + k]! * x[k]!;
    x[row] = rest / factor[row * dimension + row]!;
  }
  return x;
}

function squaredNorm(vector: Float64Array): number {
  return vector.reduce((sum, value) => sum + value * value, 0);
}
