import type { RunSample } from '#libs/database';

/** A sample as a comparison needs it. */
export interface ComparedSample {
  readonly index: number;
  readonly sha256: string;
}

/** How the samples that a run was made of compare with those of its voice. */
export type SampleMatch = 'same' | 'changed' | 'gone';

/**
 * Compares the samples that a run was made of with those of its voice.
 *
 * - `same`: the voice has these samples and no others.
 * - `changed`: samples were added, or some were deleted. What the run says of a deleted sample is about no other one,
 *   because its index is not used again.
 * - `gone`: a re-split has given their indexes to other samples, or may still do so; none of them is left; or it is not
 *   known what the run was made of.
 *
 * @param nextIndex the index of the next sample: indexes from here on may still be used
 */
export function matchSamples(
  made: readonly RunSample[] | null,
  current: readonly ComparedSample[],
  nextIndex: number,
): SampleMatch {
  if (made === null) return 'gone';
  const hashes = new Map(current.map(({ index, sha256 }) => [index, sha256]));
  const left = made.filter(({ sampleIndex, sha256 }) => hashes.get(sampleIndex) === sha256);
  const isReplaced = made.some(
    ({ sampleIndex, sha256 }) => sampleIndex >= nextIndex || (hashes.get(sampleIndex) ?? sha256) !== sha256,
  );
  if (isReplaced || left.length === 0) return 'gone';
  return left.length === made.length && made.length === current.length ? 'same' : 'changed';
}
