import { packetSamples } from '../ogg/opus-packet.js';
import type { Stretch } from '../cutting/cut-plan.js';

/** Sample rate at which a recording is analysed: speech has little above its 8 kHz. */
export const analysisRate = 16_000;

/** Samples of a frame at `analysisRate`: 20 ms, as long as an Opus packet. */
export const frameSamples = 320;

/** Frames a second. */
export const framesPerSecond = analysisRate / frameSamples;

/** A spectrum is kept of each 100 ms: of every fifth frame, beginning with the first. */
export const spectrumFrames = 5;

/** Edges of the bands of a spectrum, in Hz. Whether a recording has treble is seen above 3 kHz. */
export const bandEdgesHz = [3_000, 3_500, 4_000, 4_500, 5_000, 5_500, 6_000, 6_500, 7_000, 7_500, 8_000] as const;

export const bandCount = bandEdgesHz.length - 1;

/**
 * What was measured of each 20 ms of a recording: the analysis track. Frame `n` covers the 48 kHz samples from `960 n` to
 * `960 (n + 1)` of the decoded recording; the last frame may be shorter.
 *
 * Levels are bytes in half decibels below full scale: 0 is full scale, 255 is silence (-127.5 dBFS or less). The reference
 * is a sample of full scale, so that a full-scale sine has a level of -3 dBFS.
 */
export interface AnalysisTrack {
  /** Exact length of the recording, in 48 kHz samples. */
  readonly totalSamples: number;
  /** Root mean square of each frame. */
  readonly level: Uint8Array;
  /** Largest sample of each frame. */
  readonly peak: Uint8Array;
  /** Root mean square above 200 Hz after the K-weighting: without hum, and with consonants as loud as vowels. */
  readonly voice: Uint8Array;
  /** Root mean square after the K-weighting of ITU-R BS.1770-5. */
  readonly loudness: Uint8Array;
  /** Samples at full scale in each frame, at most 255. */
  readonly clipped: Uint8Array;
  /**
   * Level of each of the `bandCount` bands in the first 16 ms of every `spectrumFrames`th frame, spectrum after spectrum.
   * Its length is `bandCount * Math.ceil(frames / spectrumFrames)`: 2 bytes a frame.
   */
  readonly spectrum: Uint8Array;
}

export type TrackPlane = keyof Omit<AnalysisTrack, 'totalSamples'>;

/** The layout of a plane: `bytes` are kept of every `frames`th frame, beginning with the first. */
interface PlaneLayout {
  readonly frames: number;
  readonly bytes: number;
  /** Value where there is no audio. */
  readonly silence: number;
}

/** The planes of a track, in the order of the stored file. */
export const trackPlanes: Readonly<Record<TrackPlane, PlaneLayout>> = {
  level: { frames: 1, bytes: 1, silence: 255 },
  peak: { frames: 1, bytes: 1, silence: 255 },
  voice: { frames: 1, bytes: 1, silence: 255 },
  loudness: { frames: 1, bytes: 1, silence: 255 },
  clipped: { frames: 1, bytes: 1, silence: 0 },
  spectrum: { frames: spectrumFrames, bytes: bandCount, silence: 255 },
};

/** Returns the length of a plane in bytes for that number of frames. */
export function planeBytes(plane: TrackPlane, frames: number): number {
  const layout = trackPlanes[plane];
  return layout.bytes * Math.ceil(frames / layout.frames);
}

/** Returns a value for each plane, in their order. */
export function planesOf<Value>(value: (plane: TrackPlane) => Value): Record<TrackPlane, Value> {
  const names = Object.keys(trackPlanes) as TrackPlane[];
  return Object.fromEntries(names.map((plane) => [plane, value(plane)])) as Record<TrackPlane, Value>;
}

/** Returns the frames that a stretch of the recording touches: from (inclusive), to (exclusive). */
export function framesOf(track: AnalysisTrack, { startSamples, durationSamples }: Stretch): readonly [number, number] {
  const to = Math.min(track.level.length, Math.ceil((startSamples + durationSamples) / packetSamples));
  return [Math.min(to, Math.floor(startSamples / packetSamples)), to];
}

/** Returns a level of the track in dBFS. */
export const decibelsOf = (level: number): number => -level / 2;
