import { packetSamples } from '../ogg/opus-packet.js';
import { BandLevels } from './band-levels.js';
import { FrameLevels } from './frame-levels.js';
import {
  bandEdgesHz,
  frameSamples,
  planeBytes,
  planesOf,
  spectrumFrames,
  trackPlanes,
  type AnalysisTrack,
  type TrackPlane,
} from './track.js';

/** Frames of one minute. */
const minuteFrames = 3_000;

/**
 * Measures PCM and returns it as an analysis track.
 *
 * Sections of a recording are measured separately, from a lead of half a second (`joinTracks`). So no figure of a frame
 * may depend on audio further back.
 */
export class TrackMeter {
  readonly #planes = planesOf((plane) => new Uint8Array(planeBytes(plane, minuteFrames)));
  #capacity = minuteFrames;
  #frames = 0;
  readonly #levels = new FrameLevels();
  readonly #bands = new BandLevels(bandEdgesHz);
  /** The frame that is not complete yet, and how many samples it has. */
  readonly #frame = new Int16Array(frameSamples);
  #seen = 0;

  /** Measures the next samples (mono, `analysisRate`). */
  push(samples: Int16Array): void {
    let at = 0;
    while (at < samples.length) {
      const piece = samples.subarray(at, at + frameSamples - this.#seen);
      this.#frame.set(piece, this.#seen);
      this.#seen += piece.length;
      at += piece.length;
      if (this.#seen < frameSamples) return;
      this.#endFrame(frameSamples);
      this.#seen = 0;
    }
  }

  /** Ends the recording. @param totalSamples its exact length in 48 kHz samples; the track has as many frames */
  end(totalSamples: number): AnalysisTrack {
    if (this.#seen > 0) this.#endFrame(this.#seen);
    this.#seen = 0;
    const frames = Math.ceil(totalSamples / packetSamples);
    const planes = planesOf((plane) => {
      const values = new Uint8Array(planeBytes(plane, frames)).fill(trackPlanes[plane].silence);
      values.set(this.#planes[plane].subarray(0, planeBytes(plane, Math.min(frames, this.#frames))));
      return values;
    });
    return { totalSamples, ...planes };
  }

  #endFrame(count: number): void {
    const [at, frame, levels, planes] = [this.#frames, this.#frame, this.#levels, this.#planes];
    if (at === this.#capacity) this.#grow();
    levels.measure(frame, count);
    planes.level[at] = halfDecibels(levels.power);
    planes.peak[at] = halfDecibels(levels.peak ** 2);
    planes.voice[at] = halfDecibels(levels.voicePower);
    planes.loudness[at] = halfDecibels(levels.weightedPower);
    planes.clipped[at] = Math.min(255, levels.clipped);
    if (at % spectrumFrames === 0) {
      frame.fill(0, count); // what is left there of the frame before
      const from = planeBytes('spectrum', at);
      for (const [band, power] of this.#bands.of(frame).entries()) planes.spectrum[from + band] = halfDecibels(power);
    }
    this.#frames += 1;
  }

  #grow(): void {
    this.#capacity *= 2;
    for (const [plane, values] of Object.entries(this.#planes) as [TrackPlane, Uint8Array][]) {
      const larger = new Uint8Array(planeBytes(plane, this.#capacity));
      larger.set(values);
      this.#planes[plane] = larger;
    }
  }
}

/** @param power mean square of 16-bit samples */
function halfDecibels(power: number): number {
  const decibels = 10 * Math.log10(power / 32_768 ** 2);
  return Math.max(0, Math.min(255, Math.round(-2 * decibels)));
}
