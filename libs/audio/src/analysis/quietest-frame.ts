import { meanPower } from './powers.js';

/** Half of the 80 ms whose level counts: a shorter dip is the closure of a plosive, inside a word. */
const halfFrames = 2;

/** Returns the frame from `first` to `last` (inclusive) at whose start it is quietest; the last one of several. */
export function quietestFrame(levels: Uint8Array, first: number, last: number): number {
  let [quietest, least] = [first, Infinity];
  for (let frame = first; frame <= last; frame += 1) {
    const power = meanPower(levels, frame - halfFrames, frame + halfFrames);
    if (power > least) continue;
    [quietest, least] = [frame, power];
  }
  return quietest;
}
