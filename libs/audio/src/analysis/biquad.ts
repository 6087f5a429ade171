/** Coefficients of a second-order filter, divided by a0. */
export interface BiquadCoefficients {
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
  readonly a1: number;
  readonly a2: number;
}

/** Returns a high-pass filter (R. Bristow-Johnson, Audio EQ Cookbook). */
export function highPass(frequency: number, q: number, rate: number): BiquadCoefficients {
  const w = (2 * Math.PI * frequency) / rate;
  const alpha = Math.sin(w) / (2 * q);
  const [cos, a0] = [Math.cos(w), 1 + alpha];
  return {
    ...{ b0: (1 + cos) / 2 / a0, b1: -(1 + cos) / a0, b2: (1 + cos) / 2 / a0 },
    ...{ a1: (-2 * cos) / a0, a2: (1 - alpha) / a0 },
  };
}

/**
 * Returns the two filters of the K-weighting (ITU-R BS.1770-5, annex 1) for any sample rate. The standard has coefficients
 * for 48 kHz only; these are its analogue filters, as libebur128 derives them.
 */
export function kWeighting(rate: number): readonly [BiquadCoefficients, BiquadCoefficients] {
  const [shelfFrequency, shelfGain, shelfQ] = [1681.974450955533, 3.999843853973347, 0.7071752369554196];
  const [passFrequency, passQ] = [38.13547087602444, 0.5003270373238773];
  const k = Math.tan((Math.PI * shelfFrequency) / rate);
  const vh = 10 ** (shelfGain / 20);
  const vb = vh ** 0.4996667741545416;
  const a0 = 1 + k / shelfQ + k * k;
  const shelf = {
    ...{
      b0: (vh + (vb * k) / shelfQ + k * k) / a0,
      b1: (2 * (k * k - vh)) / a0,
      b2: (vh - (vb * k) / shelfQ + k * k) / a0,
    },
    ...{ a1: (2 * (k * k - 1)) / a0, a2: (1 - k / shelfQ + k * k) / a0 },
  };
  const p = Math.tan((Math.PI * passFrequency) / rate);
  const c0 = 1 + p / passQ + p * p;
  return [shelf, { b0: 1, b1: -2, b2: 1, a1: (2 * (p * p - 1)) / c0, a2: (1 - p / passQ + p * p) / c0 }];
}
