import { speechThresholds } from './speech-threshold.js';
import type { AnalysisTrack } from './track.js';

/** Frames in which somebody speaks: from (inclusive), to (exclusive). */
export type FrameRange = readonly [from: number, to: number];

/** A gap shorter than 160 ms is part of a word: the closure of a plosive takes up to 150 ms. */
const shortestPause = 8;

/** What is shorter than 80 ms is a click and not a word, unless it is the release of a plosive: within 300 ms of a word. */
const shortestSpeech = 4;
const releaseFrames = 15;

/** A sound of 1.5 s that keeps its level within 1.5 dB (standard deviation) is noise: speech varies by 5 dB and more. */
const steadyFrames = 75;
const edgeFrames = 2;
const steadyDeviation = 3;

/**
 * Returns the parts of a recording in which somebody speaks, in order. Between two of them there is a pause.
 *
 * docs/splitting.md explains how, and how often it errs.
 */
export function speechIn({ voice }: AnalysisTrack): readonly FrameRange[] {
  const thresholds = speechThresholds(voice);
  const ranges: FrameRange[] = [];
  let [from, to] = [0, 0];
  for (let frame = 0; frame < voice.length; frame += 1) {
    if ((voice[frame] as number) >= (thresholds[frame] as number)) continue;
    if (frame - to >= shortestPause || to === 0) {
      if (to > 0) ranges.push([from, to]);
      from = frame;
    }
    to = frame + 1;
  }
  if (to > 0) ranges.push([from, to]);
  return withoutClicks(ranges).filter(([from, to]) => !isSteady(voice, from, to));
}

function withoutClicks(ranges: readonly FrameRange[]): readonly FrameRange[] {
  const isWord = (range: FrameRange | undefined): range is FrameRange =>
    range !== undefined && range[1] - range[0] >= shortestSpeech;
  return ranges.filter((range, place) => {
    const [before, after] = [ranges[place - 1], ranges[place + 1]];
    if (isWord(range)) return true;
    if (isWord(before) && range[0] - before[1] < releaseFrames) return true;
    return isWord(after) && after[0] - range[1] < releaseFrames;
  });
}

/** @param from, to frames of a sound, whose first and last ones may be half silent */
function isSteady(voice: Uint8Array, from: number, to: number): boolean {
  const frames = to - from - 2 * edgeFrames;
  if (frames < steadyFrames) return false;
  let [sum, squares] = [0, 0];
  for (let frame = from + edgeFrames; frame < to - edgeFrames; frame += 1) {
    const level = voice[frame] ?? 255;
    sum += level;
    squares += level * level;
  }
  return squares / frames - (sum / frames) ** 2 < steadyDeviation ** 2;
}
