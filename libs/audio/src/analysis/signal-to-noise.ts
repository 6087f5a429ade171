import { LevelHistogram } from './histogram.js';
import type { FrameRange } from './pauses.js';
import { meanPower, powerOf } from './powers.js';
import type { AnalysisTrack } from './track.js';

/** Frames below -100 dBFS are a gap in the recording and not its noise: a gate or an editor has made them. */
const gapFrom = 200;

/** Noise is as loud as the quietest twentieth of the frames: even speech without a pause has that many between its sounds. */
const noiseShare = 0.95;

/** The mean of pink noise is this much above the quietest twentieth of its 20 ms frames (measured). */
const noiseBiasDb = 2;

/** Above, noise cannot be told from the gaps between sounds. */
export const highestSnrDb = 60;

const histogram = new LevelHistogram();

/**
 * Returns the level of speech relative to that of the noise behind it, in dB from 0 to {@link highestSnrDb}.
 *
 * @param speech the parts of frames `from` to `to` in which somebody speaks
 */
export function signalToNoise(track: AnalysisTrack, speech: readonly FrameRange[], [from, to]: FrameRange): number {
  histogram.clear();
  for (let frame = from; frame < to; frame += 1) {
    const level = track.level[frame] ?? 255;
    if (level < gapFrom) histogram.add(level);
  }
  if (histogram.total === 0) return 0;
  const noise = powerOf(histogram.exceededBy(noiseShare)) * 10 ** (noiseBiasDb / 10);
  const parts = speech.length > 0 ? speech : [[from, to] as const];
  const frames = parts.reduce((sum, [start, end]) => sum + end - start, 0);
  const both =
    parts.reduce((sum, [start, end]) => sum + meanPower(track.level, start, end) * (end - start), 0) / frames;
  return Math.max(0, Math.min(highestSnrDb, 10 * Math.log10(Math.max(0, both - noise) / noise)));
}
