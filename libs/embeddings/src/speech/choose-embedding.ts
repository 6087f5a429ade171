import type { StoredSampleEmbedding } from '#libs/database';
import { AppError } from '#libs/errors';

/** What an embedding is chosen from. */
export interface EmbeddingChoice {
  /** Of the current run. */
  readonly embeddings: readonly StoredSampleEmbedding[];
  /** Of the voice, as they are now. */
  readonly samples: readonly { readonly index: number; readonly sha256: string }[];
  readonly preferredSampleIndex: number | null;
}

/**
 * Chooses the embedding that speaks: that of the requested sample, else that of the preferred one, else the best-scored.
 * An embedding counts only while its sample has the audio that it was made of.
 *
 * @throws AppError `embedding_not_found` for a requested sample, `no_embedding` without a request
 */
export function chooseEmbedding(
  { embeddings, samples, preferredSampleIndex }: EmbeddingChoice,
  sampleIndex: number | undefined,
): StoredSampleEmbedding {
  const audio = new Map(samples.map(({ index, sha256 }) => [index, sha256]));
  const usable = embeddings.filter((made) => audio.get(made.sampleIndex) === made.sampleSha256);
  const of = (index: number | null): StoredSampleEmbedding | undefined =>
    usable.find((made) => made.sampleIndex === index);
  if (sampleIndex !== undefined) {
    const requested = of(sampleIndex);
    if (requested === undefined) throw AppError.of('embedding_not_found');
    return requested;
  }
  const [best] = usable.toSorted((one, other) => (other.score ?? -2) - (one.score ?? -2));
  const chosen = of(preferredSampleIndex) ?? best;
  if (chosen === undefined) throw AppError.of('no_embedding');
  return chosen;
}
