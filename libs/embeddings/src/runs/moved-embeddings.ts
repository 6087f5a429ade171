import { EmbeddingEntity, TestSampleEntity, type Transaction, type UpdateStatus } from '#libs/database';
import { insertRun, showRun, type NewRun } from './run-rows.js';

/** A voice's embedding of one tts type with its current run, as an import brings it. */
export interface MovedEmbedding {
  readonly ttsType: string;
  /** How the last run ended. After a failure there may be a successful one from before. */
  readonly lastUpdateStatus: UpdateStatus;
  readonly lastUpdateTime: Date;
  /** Whether the samples have changed since the current run. */
  readonly isStale: boolean;
  /**
   * Whether the scores and test samples of the run are shown. They are not after a re-split, because they are about
   * samples that are gone.
   */
  readonly showsResults: boolean;
  /** null before the first success. */
  readonly run: MovedRun | null;
}

/** A run with everything it has made. Its objects are named by the keys of the voice that has it. */
export type MovedRun = Omit<NewRun, 'createdAt'> & { readonly createdAt: Date };

/** Inserts an embedding, with its run, of a voice that has none of this tts type. The objects must be durable in storage. */
export async function insertEmbedding(tx: Transaction, voiceId: string, embedding: MovedEmbedding): Promise<void> {
  const { ttsType, lastUpdateStatus, lastUpdateTime, isStale: stale, showsResults, run } = embedding;
  const of = { voiceId, ttsType };
  if (run === null) {
    await tx.insert(EmbeddingEntity, { ...of, lastUpdateStatus, lastUpdateTime, stale });
    return;
  }
  await showRun(tx, await insertRun(tx, of, run), { isStale: stale });
  await tx.update(EmbeddingEntity, of, { lastUpdateStatus, lastUpdateTime, ...(!showsResults && { scores: [] }) });
  if (!showsResults) await tx.delete(TestSampleEntity, of);
}
