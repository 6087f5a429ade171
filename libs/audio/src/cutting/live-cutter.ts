import { planCut, type CutPlan, type Stretch } from './cut-plan.js';
import { cutSample } from './cut-sample.js';
import { arePlanned, windowOf, type CutWindows } from './sample-windows.js';

export interface LiveCutterOptions {
  readonly windows: CutWindows;
  /** Pre-skip of the source stream, in 48 kHz samples. */
  readonly streamPreSkip: number;
  /** Ogg serial number of sample `index`, the same on every run (`serialFrom`). */
  readonly serialOf: (index: number) => number;
}

/** A finished sample: a complete Ogg Opus file that decodes to exactly `durationSamples`. */
export interface CutSample extends Stretch {
  /** From 1, in the order of the recording. */
  readonly index: number;
  readonly bytes: Buffer;
}

/**
 * Cuts samples out of a stream of 20 ms Opus packets while it is still being encoded.
 *
 * A sample is ready once the packet after its last one was seen. The last packet of a stream may be trimmed, so only a
 * following packet proves that the end of the sample belongs to the recording. Keeps only the packets of the current
 * window. Deterministic: gives the samples that `planWindows` (or the plan), `planCut` and `cutSample` give for the finished
 * stream.
 */
export class LiveCutter {
  readonly #options: LiveCutterOptions;
  #index = 1;
  #plan: CutPlan | undefined;
  #held: Uint8Array[] = [];
  /** Position of the first packet of `#held` in the stream. */
  #heldFrom = 0;
  #cutSamples = 0;

  constructor(options: LiveCutterOptions) {
    this.#options = options;
    this.#planNext();
  }

  /** True once every sample was cut. The rest of the stream is ignored. */
  get done(): boolean {
    return this.#plan === undefined;
  }

  /** Adds the next packets. @returns the samples that are complete now */
  push(packets: readonly Uint8Array[]): CutSample[] {
    const ready: CutSample[] = [];
    if (this.done) return ready;
    for (const packet of packets) this.#held.push(packet);
    while (this.#plan !== undefined && this.#seen > this.#plan.firstPacket + this.#plan.packetCount) {
      ready.push(this.#cut(this.#plan, this.#window()));
      this.#index += 1;
      this.#planNext();
    }
    this.#forget();
    return ready;
  }

  /**
   * Ends the stream.
   *
   * @param totalSamples exact length of the recording in 48 kHz samples
   * @returns the samples that the last packets complete, or the whole recording if it is shorter than one window
   * @throws Error if the stream is shorter than the samples that were cut from it, or than the plan
   */
  finish(totalSamples: number): CutSample[] {
    if (totalSamples < this.#cutSamples) throw new Error('The stream is shorter than the samples cut from it');
    const ready: CutSample[] = [];
    while (this.#plan !== undefined && this.#isWhole(totalSamples)) {
      ready.push(this.#cut(this.#plan, this.#window()));
      this.#index += 1;
      this.#planNext();
    }
    if (this.#plan !== undefined) ready.push(...this.#cutShort(totalSamples));
    this.#plan = undefined;
    this.#held = [];
    return ready;
  }

  #isWhole(totalSamples: number): boolean {
    const { startSamples, durationSamples } = this.#window();
    return startSamples + durationSamples <= totalSamples;
  }

  /** Decides about a window that the recording does not fill. */
  #cutShort(totalSamples: number): CutSample[] {
    if (arePlanned(this.#options.windows)) throw new Error('The stream is shorter than the plan');
    if (this.#index > 1) return [];
    const whole = { startSamples: 0, durationSamples: totalSamples };
    return [this.#cut(planCut(whole, this.#options.streamPreSkip), whole)];
  }

  get #seen(): number {
    return this.#heldFrom + this.#held.length;
  }

  #window(): Stretch {
    const window = windowOf(this.#options.windows, this.#index);
    if (window === undefined) throw new RangeError(`There is no sample ${this.#index}`);
    return window;
  }

  #planNext(): void {
    const window = windowOf(this.#options.windows, this.#index);
    this.#plan = window && planCut(window, this.#options.streamPreSkip);
  }

  #cut(plan: CutPlan, stretch: Stretch): CutSample {
    const from = plan.firstPacket - this.#heldFrom;
    const bytes = cutSample(this.#held.slice(from, from + plan.packetCount), plan, this.#options.serialOf(this.#index));
    this.#cutSamples = stretch.startSamples + stretch.durationSamples;
    return { index: this.#index, ...stretch, bytes };
  }

  /** Releases the packets before the current window. */
  #forget(): void {
    const unneeded = this.#plan === undefined ? this.#held.length : this.#plan.firstPacket - this.#heldFrom;
    const count = Math.max(0, Math.min(unneeded, this.#held.length));
    if (count === 0) return;
    this.#held = this.#held.slice(count);
    this.#heldFrom += count;
  }
}
