import { highPass, kWeighting } from './biquad.js';
import { analysisRate } from './track.js';

/** Above this, a sample counts as clipped: resampled flat tops do not reach full scale exactly. */
const clippedFrom = 32_700;

/** The K-weighting. The numerator of `pass` is (1, -2, 1). */
const [shelf, pass] = kWeighting(analysisRate);

/** A Butterworth high-pass of second order, which leaves what speech consists of. Its numerator is `b0` times (1, -2, 1). */
const voice = highPass(200, Math.SQRT1_2, analysisRate);

/**
 * Values of the filters below this become zero. Otherwise they decay during digital silence to subnormal numbers (IEEE
 * 754), which make the processor many times slower.
 */
const inaudible = 1e-30;

/**
 * Measures the frames of a recording, one after the other.
 *
 * All filters are in one loop, in direct form I, with everything in local variables. So `TrackMeter` takes 0.8 s of CPU for
 * an hour of audio; with an object for each filter it took 2.7 s (docs/performance.md).
 */
export class FrameLevels {
  /** Mean squares of the samples, of the K-weighted samples, and of these above 200 Hz. */
  power = 0;
  weightedPower = 0;
  voicePower = 0;
  /** Largest absolute value of a sample. */
  peak = 0;
  /** Number of samples at full scale. */
  clipped = 0;

  /** The last two samples, and the last two outputs of `pass`, `shelf` and `voice`. */
  readonly #past = new Float64Array(8);

  /** Measures the next frame. @param count number of its samples, at least 1 */
  measure(samples: Int16Array, count: number): void {
    const { a1: wa1, a2: wa2 } = pass;
    const { b0, b1, b2, a1: za1, a2: za2 } = shelf;
    const { a1: va1, a2: va2 } = voice;
    const past = this.#past;
    let x1 = past[0] as number;
    let x2 = past[1] as number;
    let w1 = past[2] as number;
    let w2 = past[3] as number;
    let z1 = past[4] as number;
    let z2 = past[5] as number;
    let v1 = past[6] as number;
    let v2 = past[7] as number;
    let power = 0;
    let weightedPower = 0;
    let voicePower = 0;
    let peak = 0;
    let clipped = 0;
    for (let at = 0; at < count; at += 1) {
      const x = samples[at] as number;
      const size = x < 0 ? -x : x;
      if (size > peak) peak = size;
      if (size >= clippedFrom) clipped += 1;
      power += x * x;
      const w = x - 2 * x1 + x2 - wa2 * w2 - wa1 * w1;
      const z = b1 * w1 + b2 * w2 - za2 * z2 + b0 * w - za1 * z1;
      weightedPower += z * z;
      const v = z - 2 * z1 + z2 - va2 * v2 - va1 * v1;
      voicePower += v * v;
      x2 = x1;
      x1 = x;
      w2 = w1;
      w1 = w;
      z2 = z1;
      z1 = z;
      v2 = v1;
      v1 = v;
    }
    past[0] = x1;
    past[1] = x2;
    past[2] = w1;
    past[3] = w2;
    past[4] = z1;
    past[5] = z2;
    past[6] = v1;
    past[7] = v2;
    for (let at = 0; at < past.length; at += 1) if (Math.abs(past[at] as number) < inaudible) past[at] = 0;
    this.power = power / count;
    this.weightedPower = weightedPower / count;
    this.voicePower = (voice.b0 ** 2 * voicePower) / count;
    this.peak = peak;
    this.clipped = clipped;
  }
}
