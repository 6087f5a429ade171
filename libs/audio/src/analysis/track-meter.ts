import { packetSamples } from '../ogg/opus-packet.js';
import { BandLevels } from './band-levels.js';
import { blockFrames, FrameLevels } from './frame-levels.js';
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
  /** Samples that are not measured yet, and how many they are. */
  readonly #block = new Float64Array(blockFrames * frameSamples);
  #seen = 0;

  /** Measures the next samples (mono, `analysisRate`). */
  push(samples: Int16Array): void {
    let at = 0;
    while (at < samples.length) {
      const piece = samples.subarray(at, at + this.#block.length - this.#seen);
      this.#block.set(piece, this.#seen);
      this.#seen += piece.length;
      at += piece.length;
      if (this.#seen === this.#block.length) this.#endBlock();
    }
  }

  /** Ends the recording. @param totalSamples its exact length in 48 kHz samples; the track has as many frames */
  end(totalSamples: number): AnalysisTrack {
    this.#endBlock();
    const frames = Math.ceil(totalSamples / packetSamples);
    const planes = planesOf((plane) => {
      const values = new Uint8Array(planeBytes(plane, frames)).fill(trackPlanes[plane].silence);
      values.set(this.#planes[plane].subarray(0, planeBytes(plane, Math.min(frames, this.#frames))));
      return values;
    });
    return { totalSamples, ...planes };
  }

  #endBlock(): void {
    const [block, levels] = [this.#block, this.#levels];
    levels.measure(block, this.#seen);
    const frames = Math.ceil(this.#seen / frameSamples);
    if (this.#frames + frames > this.#capacity) this.#grow();
    block.fill(0, this.#seen); // what is left there of the block before
    for (let frame = 0; frame < frames; frame += 1) this.#keep(frame);
    this.#seen = 0;
  }

  /** Writes the figures of a frame of the block to the planes. */
  #keep(frame: number): void {
    const [at, levels, planes] = [this.#frames, this.#levels, this.#planes];
    planes.level[at] = halfDecibels(levels.power[frame] as number);
    planes.peak[at] = halfDecibels((levels.peak[frame] as number) ** 2);
    planes.voice[at] = halfDecibels(levels.voicePower[frame] as number);
    planes.loudness[at] = halfDecibels(levels.weightedPower[frame] as number);
    planes.clipped[at] = Math.min(255, levels.clipped[frame] as number);
    if (at % spectrumFrames === 0) {
      const from = planeBytes('spectrum', at);
      const powers = this.#bands.of(this.#block, frame * frameSamples);
      for (let band = 0; band < powers.length; band += 1)
        planes.spectrum[from + band] = halfDecibels(powers[band] as number);
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
