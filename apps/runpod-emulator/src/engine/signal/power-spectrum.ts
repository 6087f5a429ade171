/**
 * Computes power spectra of real frames by a radix-2 FFT (Cooley–Tukey) with precomputed tables.
 *
 * Every call overwrites the buffer that the call before returned.
 */
export class PowerSpectrum {
  private readonly reversed: Uint32Array;
  private readonly cosines: Float64Array;
  private readonly sines: Float64Array;
  private readonly real: Float64Array;
  private readonly imaginary: Float64Array;
  private readonly power: Float64Array;

  /** @param size length of the transform, a power of two; shorter frames are padded with zeros */
  constructor(readonly size: number) {
    if (size < 2 || (size & (size - 1)) !== 0) throw new RangeError(`FFT size ${size} is not a power of two`);
    const bits = Math.log2(size);
    this.reversed = Uint32Array.from({ length: size }, (_, i) => reverseBits(i, bits));
    this.cosines = Float64Array.from({ length: size / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / size));
    this.sines = Float64Array.from({ length: size / 2 }, (_, i) => -Math.sin((2 * Math.PI * i) / size));
    this.real = new Float64Array(size);
    this.imaginary = new Float64Array(size);
    this.power = new Float64Array(size / 2 + 1);
  }

  /** Returns the squared magnitudes of bins 0 … size/2 of the frame, unscaled. */
  of(frame: ArrayLike<number>): Float64Array {
    const { real, imaginary, reversed, power, size } = this;
    for (let i = 0; i < size; i++) real[i] = frame[reversed[i]!] ?? 0;
    imaginary.fill(0);
    for (let half = 1; half < size; half *= 2) this.combine(half);
    for (let i = 0; i < power.length; i++) power[i] = real[i]! ** 2 + imaginary[i]! ** 2;
    return power;
  }

  /** Merges transforms of length `half` into transforms of twice that length. */
  private combine(half: number): void {
    const { real, imaginary, cosines, sines, size } = this;
    const stride = size / (2 * half);
    for (let start = 0; start < size; start += 2 * half) {
      for (let k = 0; k < half; k++) {
        const low = start + k;
        const high = low + half;
        const cosine = cosines[k * stride]!;
        const sine = sines[k * stride]!;
        const re = real[high]! * cosine - imaginary[high]! * sine;
        const im = real[high]! * sine + imaginary[high]! * cosine;
        real[high] = real[low]! - re;
        imaginary[high] = imaginary[low]! - im;
        real[low]! += re;
        imaginary[low]! += im;
      }
    }
  }
}

function reverseBits(value: number, bits: number): number {
  let reversed = 0;
  for (let bit = 0; bit < bits; bit++) reversed |= ((value >> bit) & 1) << (bits - 1 - bit);
  return reversed;
}
