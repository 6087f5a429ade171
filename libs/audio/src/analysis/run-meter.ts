import { samplesPerSecond } from '../ogg/opus-packet.js';
import { TrackMeter } from './track-meter.js';
import { analysisRate, type AnalysisTrack } from './track.js';

const sampleBytes = 2;

/** 48 kHz samples for each sample that is analysed. */
const ratio = samplesPerSecond / analysisRate;

/** Measures the PCM of one run of ffmpeg as it arrives, so that none is kept. */
export class RunMeter {
  readonly #meter = new TrackMeter();
  /** The first byte of a sample whose second one has not come yet. */
  #half: Buffer = Buffer.alloc(0);
  #samples = 0;

  push(chunk: Buffer): void {
    const bytes = this.#half.length === 0 ? chunk : Buffer.concat([this.#half, chunk]);
    const whole = bytes.length - (bytes.length % sampleBytes);
    this.#half = bytes.subarray(whole);
    const samples = samplesOf(bytes.subarray(0, whole));
    this.#meter.push(samples);
    this.#samples += samples.length;
  }

  /**
   * Returns the track of the whole run, once it has succeeded; null if ffmpeg gave more or less PCM than packets.
   *
   * That happens if channels or sample rate change midway: ffmpeg then rebuilds its filters, and drops what is in them.
   *
   * @param totalSamples exact length of its audio, in 48 kHz samples
   */
  track(totalSamples: number): AnalysisTrack | null {
    // The resampler may omit one sample at the end.
    const isInStep = Math.abs(totalSamples - ratio * this.#samples) < ratio;
    return isInStep ? this.#meter.end(totalSamples) : null;
  }
}

/** Returns the samples in native byte order: all supported systems are little-endian. Copies only if not aligned. */
function samplesOf(bytes: Buffer): Int16Array {
  const isAligned = bytes.byteOffset % sampleBytes === 0;
  const { buffer, byteOffset, length } = isAligned ? bytes : new Uint8Array(bytes);
  return new Int16Array(buffer, byteOffset, length / sampleBytes);
}
