import { EmbeddingEntity, TestSampleEntity, type Transaction } from '#libs/database';
import { completeRuns } from './runs/complete-runs.js';
import type { ComparedSample } from './runs/match-samples.js';
import { endRuns, insertRun, showRun, type NewRun, type RunPlace } from './runs/run-rows.js';

/** The results of a successful embedding run, durable in storage. */
export type NewEmbedding = Omit<NewRun, 'samples' | 'createdAt'>;

/**
 * Makes the results of a run the voice's embedding of a tts type.
 *
 * @param samples of the voice, of which the run was made
 * @param options `kept`: how many runs are kept, this one included
 */
export async function replaceEmbedding(
  tx: Transaction,
  of: RunPlace,
  made: NewEmbedding,
  { samples, kept }: { readonly samples: readonly ComparedSample[]; readonly kept: number },
): Promise<void> {
  await completeRuns(tx, of.voiceId);
  const fingerprints = samples.map(({ index, sha256 }) => ({ sampleIndex: index, sha256 }));
  const runId = await insertRun(tx, of, { ...made, samples: fingerprints });
  await showRun(tx, runId, { isStale: false });
  await endRuns(tx, of, { kept });
}

/** Records that the last embedding run failed. The results of the last successful run stay. */
export async function recordFailedEmbedding(tx: Transaction, voiceId: string, ttsType: string): Promise<void> {
  await tx
    .createQueryBuilder()
    .insert()
    .into(EmbeddingEntity)
    .values({
      ...{ voiceId, ttsType },
      lastUpdateStatus: 'failed',
      lastUpdateTime: () => 'now()',
    })
    .orUpdate(['last_update_status', 'last_update_time'], ['voice_id', 'tts_type'])
    .execute();
}

/**
 * Marks all embeddings of a voice stale, before a sample is added or removed. Scores stay, as no index is used again.
 */
export async function markEmbeddingsStale(tx: Transaction, voiceId: string): Promise<void> {
  await completeRuns(tx, voiceId);
  await tx.update(EmbeddingEntity, { voiceId }, { stale: true });
}

/**
 * Clears what embeddings say about single samples, before all samples are replaced: indexes then mean other audio. Their
 * runs keep it, and the files.
 */
export async function clearSampleResults(tx: Transaction, voiceId: string): Promise<void> {
  await completeRuns(tx, voiceId);
  await tx.update(EmbeddingEntity, { voiceId }, { stale: true, scores: [] });
  await tx.delete(TestSampleEntity, { voiceId });
}
