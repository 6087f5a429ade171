import type { Schema } from '#libs/client';

/** What is said about the state of a voice in the list, worst first. */
export type VoiceState =
  | 'splittingFailed'
  | 'embeddingFailed'
  | 'splitting'
  | 'embedding'
  | 'embedded'
  | 'split'
  | 'samples'
  | 'empty';

type Row = Pick<Schema<'VoiceSummary'>, 'splitting_status' | 'embedding_status' | 'sample_count'>;

/** Returns whether a voice of the list is being worked on, so that it cannot be changed. */
export const isBusyRow = ({ splitting_status, embedding_status }: Row): boolean =>
  splitting_status === 'in_progress' || embedding_status === 'in_progress';

/**
 * Returns what there is to say about a voice: what failed and what is under way. Only if that is nothing, how far the voice has
 * come. A voice whose new embedding failed still has the one before; its page says so.
 */
export function statesOf(row: Row): readonly VoiceState[] {
  const { splitting_status: splitting, embedding_status: embedding } = row;
  const news: readonly VoiceState[] = [
    ...(splitting === 'failed' ? (['splittingFailed'] as const) : []),
    ...(embedding === 'failed' ? (['embeddingFailed'] as const) : []),
    ...(splitting === 'in_progress' ? (['splitting'] as const) : []),
    ...(embedding === 'in_progress' ? (['embedding'] as const) : []),
  ];
  return news.length > 0 ? news : [reached(row)];
}

function reached({ splitting_status, embedding_status, sample_count }: Row): VoiceState {
  if (embedding_status === 'completed') return 'embedded';
  if (splitting_status === 'completed') return 'split';
  return sample_count > 0 ? 'samples' : 'empty';
}
