import type { AnalysisTrack } from '#libs/audio';
import { planeBytes, planesOf, trackPlanes, type TrackPlane } from '../../libs/audio/src/analysis/track.js';
import { packetSamples } from '../../libs/audio/src/ogg/opus-packet.js';

/**
 * Makes a track of these planes. Those that are not given are as loud as `level`, nothing is clipped, and bands are 20 dB
 * quieter.
 */
export function trackOfLevels(
  given: { readonly level: readonly number[] } & Partial<Record<TrackPlane, readonly number[]>>,
): AnalysisTrack {
  const frames = given.level.length;
  const planes = planesOf((plane) => {
    const { frames: each, bytes, silence } = trackPlanes[plane];
    const values = given[plane];
    return Uint8Array.from({ length: planeBytes(plane, frames) }, (_, at) => {
      if (values) return values[at] ?? silence;
      const level = given.level[Math.floor(at / bytes) * each] ?? 255;
      return plane === 'clipped' ? 0 : plane === 'spectrum' ? Math.min(255, level + 40) : level;
    });
  });
  return { ...planes, totalSamples: frames * packetSamples };
}

/** Makes a track of random levels, the same for the same seed (xorshift32, Marsaglia 2003). */
export function randomTrack(frames: number, seed: number): AnalysisTrack {
  let state = seed + 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % 256;
  };
  return {
    ...planesOf((plane) => Uint8Array.from({ length: planeBytes(plane, frames) }, next)),
    totalSamples: frames * packetSamples,
  };
}
