import type { Stretch } from '../cutting/cut-plan.js';
import { bandwidthOf } from './bandwidth.js';
import { speechOf, within } from './known-speech.js';
import { gatedLoudness } from './loudness.js';
import type { FrameRange } from './pauses.js';
import { signalToNoise } from './signal-to-noise.js';
import { decibelsOf, frameSamples, framesOf, type AnalysisTrack } from './track.js';

/** What is measured of a stretch of a recording. docs/quality.md explains each figure. */
export interface QualityFigures {
  /** Share of the stretch in which somebody speaks, from 0 to 1. */
  readonly speechRatio: number;
  /** Gated loudness by ITU-R BS.1770-5 as one channel; -70 is silence. */
  readonly loudnessLufs: number;
  /** Largest sample; -127.5 is silence. */
  readonly peakDbfs: number;
  /** Share of samples at full scale, from 0 to 1. */
  readonly clippedRatio: number;
  /** Level of speech relative to that of the noise behind it, from 0 to 60. */
  readonly snrDb: number;
  /** Highest frequency that speech reaches, from 4,000 to 8,000: half the rate of the analysis. */
  readonly bandwidthHz: number;
  /** Whether somebody speaks at its first moment. */
  readonly startsInSpeech: boolean;
  /** Whether somebody speaks at its last moment. */
  readonly endsInSpeech: boolean;
}

/**
 * Measures a stretch of a recording. Where somebody speaks is found in the recording as a whole; everything else depends on
 * the stretch alone.
 */
export function measureQuality(track: AnalysisTrack, stretch: Stretch): QualityFigures {
  const range = framesOf(track, stretch);
  const [from, to] = range;
  const speech = within(speechOf(track), from, to);
  const frames = Math.max(1, to - from);
  return {
    speechRatio: rounded(speech.reduce((sum, [start, end]) => sum + end - start, 0) / frames, 3),
    loudnessLufs: rounded(gatedLoudness(track.loudness, from, to), 1),
    peakDbfs: decibelsOf(loudest(track.peak, range)),
    clippedRatio: rounded(sum(track.clipped, range) / (frames * frameSamples), 5),
    snrDb: rounded(signalToNoise(track, speech, range), 1),
    bandwidthHz: bandwidthOf(track, speech.length > 0 ? speech : [range]),
    startsInSpeech: speech[0]?.[0] === from,
    endsInSpeech: speech.at(-1)?.[1] === to,
  };
}

function loudest(plane: Uint8Array, [from, to]: FrameRange): number {
  let level = 255;
  for (let frame = from; frame < to; frame += 1) level = Math.min(level, plane[frame] ?? 255);
  return level;
}

function sum(plane: Uint8Array, [from, to]: FrameRange): number {
  let counted = 0;
  for (let frame = from; frame < to; frame += 1) counted += plane[frame] ?? 0;
  return counted;
}

const rounded = (value: number, decimals: number): number => Math.round(value * 10 ** decimals) / 10 ** decimals;
