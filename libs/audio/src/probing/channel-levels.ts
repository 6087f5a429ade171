import { silenceDbfs } from './recording-facts.js';

const sampleBytes = 2;

/** Highest value of a 16-bit sample that counts as silence. */
const silencePeak = Math.floor(32_768 * 10 ** (silenceDbfs / 20));

/** Levels are compared in blocks of this length, so that a voice that starts later counts as much. */
const blockSeconds = 0.5;

/**
 * How much quieter than its loudest channel a mix may be, beyond the loss of a mean in which only one channel has sound:
 * 6 dB, as a power ratio. Uncorrelated channels lose 3 dB, an inverted channel loses everything.
 */
const cancellingRatio = 10 ** (-6 / 10);

/** The mix is not used if it cancels in at least this part of the audible blocks. */
const cancellingPart = 0.1;

/** Measures 16-bit samples of one or more channels: whether they are audible, and whether they cancel in a mix. */
export class ChannelLevels {
  readonly #channels: number;
  readonly #sampleRate: number;
  readonly #blockFrames: number;
  #unread: Buffer = Buffer.alloc(0);
  #frames = 0;
  #peak = 0;
  /** Sums of squares: per channel in the current block, of their mean in the block, and per channel in total. */
  #block: Float64Array;
  #blockMix = 0;
  #inBlock = 0;
  #total: Float64Array;
  #heardBlocks = 0;
  #cancelledBlocks = 0;

  constructor(channels: number, sampleRate: number) {
    this.#channels = channels;
    this.#sampleRate = sampleRate;
    this.#blockFrames = Math.ceil(sampleRate * blockSeconds);
    this.#block = new Float64Array(channels);
    this.#total = new Float64Array(channels);
  }

  /** Seconds measured. */
  get seconds(): number {
    return this.#frames / this.#sampleRate;
  }

  /** True if any sample was above `silenceDbfs`. */
  get isHeard(): boolean {
    return this.#peak > silencePeak;
  }

  /** The loudest channel if the mix of all cancels; null to use the mix. */
  get onlyChannel(): number | null {
    if (this.#inBlock > 0) this.#endBlock();
    if (this.#cancelledBlocks === 0 || this.#cancelledBlocks < this.#heardBlocks * cancellingPart) return null;
    return this.#total.indexOf(Math.max(...this.#total));
  }

  /** Measures the next interleaved samples, little-endian, in pieces of any size. */
  push(chunk: Buffer): void {
    const bytes = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
    const frameBytes = sampleBytes * this.#channels;
    const frames = Math.floor(bytes.length / frameBytes);
    for (let frame = 0, at = 0; frame < frames; frame++) {
      let sum = 0;
      for (let channel = 0; channel < this.#channels; channel++, at += sampleBytes) {
        const sample = bytes.readInt16LE(at);
        const size = Math.abs(sample);
        if (size > this.#peak) this.#peak = size;
        this.#block[channel] = (this.#block[channel] ?? 0) + sample * sample;
        sum += sample;
      }
      this.#blockMix += (sum / this.#channels) ** 2;
      this.#inBlock += 1;
      if (this.#inBlock === this.#blockFrames) this.#endBlock();
    }
    this.#frames += frames;
    this.#unread = bytes.subarray(frames * frameBytes);
  }

  #endBlock(): void {
    const loudest = Math.max(...this.#block);
    if (loudest / this.#inBlock > silencePeak ** 2) {
      this.#heardBlocks += 1;
      // If only one of n channels has sound, their mean has 1/n² of its power.
      if (this.#blockMix < (loudest / this.#channels ** 2) * cancellingRatio) this.#cancelledBlocks += 1;
    }
    for (const [channel, power] of this.#block.entries()) {
      this.#total[channel] = (this.#total[channel] ?? 0) + power;
    }
    this.#block = new Float64Array(this.#channels);
    this.#blockMix = 0;
    this.#inBlock = 0;
  }
}
