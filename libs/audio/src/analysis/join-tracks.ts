import { packetSamples } from '../ogg/opus-packet.js';
import { framesPerSecond, planeBytes, planesOf, type AnalysisTrack } from './track.js';

/** The track of a section of a recording, with its lead. */
export interface TrackPart {
  readonly startSeconds: number;
  readonly leadSeconds: number;
  readonly track: AnalysisTrack;
}

/**
 * Joins the tracks of sections into the track of the recording, as one pass gives it.
 *
 * Each section is used from the middle of its lead. There its filters have settled, and the section before has not ended
 * yet: at the end of a section the resampler has no audio to look ahead at.
 *
 * @param parts in order, each longer than its lead. The first starts at 0, all at whole seconds, so that their frames and
 *   spectra are on one grid
 */
export function joinTracks(parts: readonly TrackPart[]): AnalysisTrack {
  const placed = parts.map(({ startSeconds, leadSeconds, track }) => ({
    track,
    firstFrame: (startSeconds - leadSeconds) * framesPerSecond,
    usedFrom: (startSeconds - leadSeconds / 2) * framesPerSecond,
  }));
  const last = placed.at(-1);
  const lengthFrames = last === undefined ? 0 : last.firstFrame + last.track.level.length;
  const planes = planesOf((plane) => {
    const values = new Uint8Array(planeBytes(plane, lengthFrames));
    for (const [at, { track, firstFrame, usedFrom }] of placed.entries()) {
      const usedTo = placed[at + 1]?.usedFrom ?? lengthFrames;
      const [from, to] = [usedFrom - firstFrame, usedTo - firstFrame].map((frame) => planeBytes(plane, frame));
      values.set(track[plane].subarray(from, to), planeBytes(plane, usedFrom));
    }
    return values;
  });
  const totalSamples = last === undefined ? 0 : last.firstFrame * packetSamples + last.track.totalSamples;
  return { totalSamples, ...planes };
}
