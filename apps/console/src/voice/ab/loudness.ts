/** BS.1770-5, annex 1: blocks of 400 ms, each 100 ms after the one before. */
const stepSeconds = 0.1;
const blockSteps = 4;

/** The quietest loudness: blocks below it are silence (the absolute gate). */
export const silenceLufs = -70;

/** Blocks that are this much quieter than the others together do not count (the relative gate). */
const relativeGate = -10;

/** A sine of 997 Hz at full scale has -3.01 LUFS. */
const offset = -0.691;

/**
 * Returns the gated loudness of a sound by ITU-R BS.1770-5, in LUFS.
 *
 * @param samples one channel, from -1 to 1
 * @returns -70 for silence. A sound shorter than 400 ms is one block
 */
export function loudnessOf(samples: Float32Array, rate: number): number {
  const blocks = blocksOf(stepPowers(samples, rate));
  const audible = meanAtLeast(blocks, powerOf(silenceLufs));
  if (audible === 0) return silenceLufs;
  return lufsOf(meanAtLeast(blocks, powerOf(lufsOf(audible) + relativeGate)));
}

const lufsOf = (power: number): number => offset + 10 * Math.log10(power);

const powerOf = (lufs: number): number => 10 ** ((lufs - offset) / 10);

/** Returns the mean power of each 100 ms after the K-weighting. A last step that is not whole does not count. */
function stepPowers(samples: Float32Array, rate: number): readonly number[] {
  const [shelf, pass] = kWeighting(rate);
  const size = Math.min(samples.length, Math.round(stepSeconds * rate));
  const powers: number[] = [];
  let sum = 0;
  for (let at = 0; at < samples.length; at += 1) {
    sum += pass(shelf(samples[at] ?? 0)) ** 2;
    if ((at + 1) % size !== 0) continue;
    powers.push(sum / size);
    sum = 0;
  }
  return powers;
}

function blocksOf(steps: readonly number[]): readonly number[] {
  if (steps.length < blockSteps) return [mean(steps)];
  return steps.slice(blockSteps - 1).map((_, at) => mean(steps.slice(at, at + blockSteps)));
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

const meanAtLeast = (values: readonly number[], threshold: number): number =>
  mean(values.filter((value) => value >= threshold));

type Filter = (value: number) => number;

/** A second-order filter in its transposed direct form II. */
function biquad(b0: number, b1: number, b2: number, a1: number, a2: number): Filter {
  let [z1, z2] = [0, 0];
  return (value) => {
    const out = b0 * value + z1;
    z1 = b1 * value - a1 * out + z2;
    z2 = b2 * value - a2 * out;
    return out;
  };
}

/**
 * Returns the two filters of the K-weighting for any sample rate. The standard has coefficients for 48 kHz only; these are
 * its analogue filters, as libebur128 derives them.
 */
function kWeighting(rate: number): readonly [Filter, Filter] {
  const k = Math.tan((Math.PI * 1681.974450955533) / rate);
  const [vh, q] = [10 ** (3.999843853973347 / 20), 0.7071752369554196];
  const vb = vh ** 0.4996667741545416;
  const a0 = 1 + k / q + k * k;
  const shelf = biquad(
    (vh + (vb * k) / q + k * k) / a0,
    (2 * (k * k - vh)) / a0,
    (vh - (vb * k) / q + k * k) / a0,
    (2 * (k * k - 1)) / a0,
    (1 - k / q + k * k) / a0,
  );
  const [p, passQ] = [Math.tan((Math.PI * 38.13547087602444) / rate), 0.5003270373238773];
  const c0 = 1 + p / passQ + p * p;
  return [shelf, biquad(1, -2, 1, (2 * (p * p - 1)) / c0, (1 - p / passQ + p * p) / c0)];
}
