/**
 * Returns rows 1 … `count` of the orthonormal DCT-II, which converts log band energies into cepstral coefficients.
 *
 * Row 0 is left out because it is the loudness, which is independent of the speaker.
 */
export function cepstralBasis(count: number, bands: number): readonly Float64Array[] {
  return Array.from({ length: count }, (_, row) =>
    Float64Array.from(
      { length: bands },
      (_, band) => Math.sqrt(2 / bands) * Math.cos((Math.PI * (row + 1) * (band + 0.5)) / bands),
    ),
  );
}

/** Returns the cepstral coefficients of log band energies. */
export function cepstrum(basis: readonly Float64Array[], logEnergies: Float64Array): Float64Array {
  return Float64Array.from(basis, (row) => {
    let sum = 0;
    for (let band = 0; band < row.length; band++) sum += row[band]! * logEnergies[band]!;
    return sum;
  });
}
