import type { Schema } from '#libs/client';

/**
 * What a measured similarity says:
 * - `alike`: the recording is as near to the voice as its samples are to each other.
 * - `different`: it is less alike than every sample. Somebody should listen to both.
 * - `alone`: there are no scores of the same scorer to compare it with.
 */
export type SimilarityVerdict = 'alike' | 'different' | 'alone';

/** Scores of recordings of the same person differ by as much from one room or day to another. */
const margin = 0.1;

/**
 * Returns what the similarity of a recorded consent says. Timbre itself decides nothing by it.
 *
 * @param info the embedding of the voice: its scores are measured in the same way
 */
export function similarityVerdict(
  similarity: Schema<'ConsentSimilarity'>,
  info: Schema<'EmbeddingInfo'> | null,
): SimilarityVerdict {
  const scores = (info?.sample_scores ?? []).map(({ score }) => score).filter((score) => score > -1);
  if (scores.length === 0 || info?.engine?.scorer !== similarity.scorer) return 'alone';
  return similarity.score >= Math.min(...scores) - margin ? 'alike' : 'different';
}
