import { planCut, type CutPlan, type Stretch } from './cut-plan.js';
import { cutSample } from './cut-sample.js';
import { windowOf, type SampleWindows } from './sample-windows.js';

export interface LiveCutterOptions {
  readonly windows: SampleWindows;
  /** Pre-skip of the stream that is cut, in 48 kHz samples. */
  readonly streamPreSkip: number;
  /** Ogg serial of sample `index`; the same on every run (`serialFrom`). */
  readonly serialOf: (index: number) => number;
}

/** A finished sample: a whole Ogg Opus file that decodes to exactly `durationSamples`. */
export interface CutSample extends Stretch {
  /** From 1, in the order of the recording. */
  readonly index: number;
  readonly bytes: Buffer;
}

/**
 * Cuts samples out of a stream of 20 ms Opus packets while it is still being encoded.
 *
 * A sample is ready as soon as the packet after its last one was seen: the last packet of a stream may be trimmed, so
 * only a following one proves that its end belongs to the recording. Holds only the packets of the window at hand.
 * Deterministic: gives the samples that `planWindows`, `planCut` and `cutSample` give for the finished stream.
 */
export class LiveCutter {
  readonly #options: LiveCutterOptions;
  #index = 1;
  #plan: CutPlan | undefined;
  #held: Uint8Array[] = [];
  /** Number of the first packet in `#held`. */
  #heldFrom = 0;
  #cutSamples = 0;

  constructor(options: LiveCutterOptions) {
    this.#options = options;
    this.#planNext();
  }

  /** Every sample was cut: what follows in the stream changes nothing. */
  get done(): boolean {
    return this.#plan === undefined;
  }

  /** Takes the next packets; returns the samples they finished. */
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
   * The stream has ended: gives the sample its last packets finished, or the whole recording as one sample when it is
   * shorter than one window.
   *
   * @param totalSamples exact length of the recording in 48 kHz samples
   * @throws Error when the stream is shorter than the samples cut from it
   */
  finish(totalSamples: number): CutSample[] {
    if (totalSamples < this.#cutSamples) throw new Error('The stream is shorter than the samples cut from it');
    if (this.#plan === undefined) return [];
    const window = this.#window();
    const whole = window.startSamples + window.durationSamples <= totalSamples;
    if (!whole && this.#index > 1) return [];
    const stretch = whole ? window : { startSamples: 0, durationSamples: totalSamples };
    const sample = this.#cut(planCut(stretch, this.#options.streamPreSkip), stretch);
    this.#plan = undefined;
    this.#held = [];
    return [sample];
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

  /** Lets go of the packets before the window at hand. */
  #forget(): void {
    const needless = this.#plan === undefined ? this.#held.length : this.#plan.firstPacket - this.#heldFrom;
    const count = Math.max(0, Math.min(needless, this.#held.length));
    if (count === 0) return;
    this.#held = this.#held.slice(count);
    this.#heldFrom += count;
  }
}
