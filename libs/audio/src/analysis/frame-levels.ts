import { highPass, kWeighting } from './biquad.js';
import { analysisRate, frameSamples, framesPerSecond } from './track.js';

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

/** Frames that are measured at once: half a second, which fits into a processor's cache. */
export const blockFrames = framesPerSecond / 2;

/**
 * Measures the frames of a recording, a block of them at once. Its values are those of the frames of the last block.
 *
 * All filters are in one loop, in direct form I, with everything in local variables. So `TrackMeter` takes 0.6 s of CPU for
 * an hour of audio; with an object for each filter it took 2.7 s (docs/performance.md).
 *
 * The loop over the frames and the 64-bit samples keep that from depending on chance. V8 may compile a loop while it runs
 * (on-stack replacement) and use that code from then on. If the variables of the inner loop came from outside this
 * function's outermost loop, they would be objects there: in every third process that took 1.8 s.
 */
export class FrameLevels {
  /** Mean squares of the samples, of the K-weighted samples, and of these above 200 Hz. */
  readonly power = new Float64Array(blockFrames);
  readonly weightedPower = new Float64Array(blockFrames);
  readonly voicePower = new Float64Array(blockFrames);
  /** Largest absolute value of a sample. */
  readonly peak = new Float64Array(blockFrames);
  /** Number of samples at full scale. */
  readonly clipped = new Uint16Array(blockFrames);

  /** The last two samples, and the last two outputs of `pass`, `shelf` and `voice`. */
  readonly #past = new Float64Array(8);

  /** Measures the next frames. The last one may be shorter. @param count number of samples, at most a block of them */
  measure(samples: Float64Array, count: number): void {
    const { a1: wa1, a2: wa2 } = pass;
    const { b0, b1, b2, a1: za1, a2: za2 } = shelf;
    const { a1: va1, a2: va2 } = voice;
    const past = this.#past;
    for (let from = 0, frame = 0; from < count; from += frameSamples, frame += 1) {
      const to = Math.min(from + frameSamples, count);
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
      for (let at = from; at < to; at += 1) {
        const x = samples[at] as number;
        const size = Math.abs(x);
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
      this.power[frame] = power / (to - from);
      this.weightedPower[frame] = weightedPower / (to - from);
      this.voicePower[frame] = (voice.b0 ** 2 * voicePower) / (to - from);
      this.peak[frame] = peak;
      this.clipped[frame] = clipped;
    }
  }
}
