import { speechIn, type FrameRange } from './pauses.js';
import type { AnalysisTrack } from './track.js';

const known = new WeakMap<AnalysisTrack, readonly FrameRange[]>();

/** As `speechIn`, once for each track: each of its samples asks again. */
export function speechOf(track: AnalysisTrack): readonly FrameRange[] {
  const found = known.get(track) ?? speechIn(track);
  known.set(track, found);
  return found;
}

/** Returns the parts of ranges that lie within frames `from` (inclusive) to `to` (exclusive). @param ranges in order */
export function within(ranges: readonly FrameRange[], from: number, to: number): readonly FrameRange[] {
  const parts: FrameRange[] = [];
  for (let at = firstEndingAfter(ranges, from); at < ranges.length; at += 1) {
    const [start, end] = ranges[at] ?? [to, to];
    if (start >= to) break;
    parts.push([Math.max(from, start), Math.min(to, end)]);
  }
  return parts;
}

/** Returns the index of the first range that ends after a frame, by bisection: a long recording has thousands. */
function firstEndingAfter(ranges: readonly FrameRange[], frame: number): number {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.[1] ?? Infinity) > frame) high = middle;
    else low = middle + 1;
  }
  return low;
}
