import { expect } from '@jest/globals';
import { alignmentRate, bestMatch } from './alignment.js';
import type { PlacedSample } from './sample-places.js';

/** Compares the start, middle and end of each sample with the source at the same place. */
export function expectSamplesInPlace(samples: readonly PlacedSample[], source: Float32Array): void {
  for (const { index, startSeconds, audio } of samples) {
    for (const at of [0, audio.length / 2, audio.length - 2 * alignmentRate].map(Math.floor)) {
      const claimed = startSeconds + at / alignmentRate;
      const match = bestMatch(audio.subarray(at, at + 2 * alignmentRate), source, claimed - 0.01, claimed + 0.01);
      expect([index, at, match.likeness > 0.9]).toEqual([index, at, true]);
    }
  }
}
