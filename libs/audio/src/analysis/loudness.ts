import { decibelsOfPower, meanPower } from './powers.js';
import { framesPerSecond } from './track.js';

/** ITU-R BS.1770-5, annex 1: blocks of 400 ms, each 100 ms after the one before. */
const stepFrames = 0.1 * framesPerSecond;
const blockSteps = 4;

/** The quietest loudness: blocks below are silence (the absolute gate of BS.1770-5). */
export const silenceLufs = -70;

/** Blocks that are this much quieter than the others together do not count (the relative gate of BS.1770-5). */
const relativeGate = -10;

/** BS.1770-5: a sine of 997 Hz at full scale has -3.01 LUFS. */
const offset = -0.691;

const loudnessOf = (power: number): number => offset + decibelsOfPower(power);

const powerOfLoudness = (lufs: number): number => 10 ** ((lufs - offset) / 10);

/**
 * Returns the gated loudness of a part of a track by ITU-R BS.1770-5, in LUFS, as one channel.
 *
 * @param plane K-weighted levels
 * @returns -70 for silence. A part shorter than 400 ms is one block
 */
export function gatedLoudness(plane: Uint8Array, from: number, to: number): number {
  const blocks = blockPowers(plane, from, to);
  const audible = meanAtLeast(blocks, powerOfLoudness(silenceLufs));
  if (audible === 0) return silenceLufs;
  return loudnessOf(meanAtLeast(blocks, powerOfLoudness(loudnessOf(audible) + relativeGate)));
}

function blockPowers(plane: Uint8Array, from: number, to: number): readonly number[] {
  const steps = Math.floor((to - from) / stepFrames);
  if (steps < blockSteps) return [meanPower(plane, from, to)];
  const powers: number[] = [];
  const blocks: number[] = [];
  for (let step = 0; step < steps; step += 1) {
    powers.push(meanPower(plane, from + step * stepFrames, from + (step + 1) * stepFrames));
    if (step < blockSteps - 1) continue;
    let sum = 0;
    for (let at = step - blockSteps + 1; at <= step; at += 1) sum += powers[at] ?? 0;
    blocks.push(sum / blockSteps);
  }
  return blocks;
}

/** Returns the mean of the values that reach a threshold; 0 if there are none. */
function meanAtLeast(values: readonly number[], threshold: number): number {
  let [sum, count] = [0, 0];
  for (const value of values) {
    if (value < threshold) continue;
    sum += value;
    count += 1;
  }
  return count === 0 ? 0 : sum / count;
}
