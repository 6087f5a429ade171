/** One triangular band: its first FFT bin, and the weight of each bin from there. */
export interface MelBand {
  readonly firstBin: number;
  readonly weights: Float64Array;
}

export interface MelLayout {
  readonly bands: number;
  readonly lowHz: number;
  readonly highHz: number;
  readonly fftSize: number;
  readonly sampleRate: number;
}

/** Converts hertz to mel by O'Shaughnessy's formula (Speech Communication, 1987), as HTK and most toolkits do. */
export function melOfHertz(hertz: number): number {
  return 2595 * Math.log10(1 + hertz / 700);
}

export function hertzOfMel(mel: number): number {
  return 700 * (10 ** (mel / 2595) - 1);
}

/**
 * Returns triangular bands, evenly spaced in mel, each from the centre of its lower neighbour to that of its upper one.
 *
 * @throws RangeError if a band is narrower than an FFT bin and would be empty
 */
export function melBands({ bands, lowHz, highHz, fftSize, sampleRate }: MelLayout): readonly MelBand[] {
  const low = melOfHertz(lowHz);
  const step = (melOfHertz(highHz) - low) / (bands + 1);
  const edge = (index: number): number => hertzOfMel(low + step * index);
  return Array.from({ length: bands }, (_, band) =>
    triangle(edge(band), edge(band + 1), edge(band + 2), sampleRate / fftSize),
  );
}

function triangle(lowHz: number, centreHz: number, highHz: number, binHz: number): MelBand {
  const firstBin = Math.floor(lowHz / binHz) + 1;
  const lastBin = Math.ceil(highHz / binHz) - 1;
  if (lastBin < firstBin) throw new RangeError(`No FFT bin between ${lowHz} and ${highHz} Hz`);
  const weights = Float64Array.from({ length: lastBin - firstBin + 1 }, (_, offset) => {
    const hertz = (firstBin + offset) * binHz;
    return hertz <= centreHz ? (hertz - lowHz) / (centreHz - lowHz) : (highHz - hertz) / (highHz - centreHz);
  });
  return { firstBin, weights };
}

/** Returns the energy of a power spectrum in one band. */
export function bandEnergy(band: MelBand, power: Float64Array): number {
  let energy = 0;
  for (let i = 0; i < band.weights.length; i++) energy += band.weights[i]! * power[band.firstBin + i]!;
  return energy;
}
