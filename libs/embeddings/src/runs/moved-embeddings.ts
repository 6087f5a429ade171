import {
  EmbeddingEntity,
  EmbeddingRunEntity,
  TestSampleEntity,
  type Transaction,
  type UpdateStatus,
} from '#libs/database';
import { completeBeforeReading } from './complete-runs.js';
import { insertRun, showRun, type NewRun } from './run-rows.js';

/** A voice's embedding of one tts type with its current run, as exports and imports carry it. */
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

/** Reads the embeddings of a voice with their current runs, ordered by tts type. */
export async function readEmbeddings(tx: Transaction, voiceId: string): Promise<readonly MovedEmbedding[]> {
  await completeBeforeReading(tx, voiceId);
  const embeddings = await tx.find(EmbeddingEntity, { where: { voiceId }, order: { ttsType: 'ASC' } });
  const moved: MovedEmbedding[] = [];
  for (const { ttsType, lastUpdateStatus, lastUpdateTime, stale: isStale, zipKey, scores } of embeddings) {
    const run = zipKey === null ? null : await tx.findOneByOrFail(EmbeddingRunEntity, { archiveKey: zipKey });
    const showsResults = scores.length > 0 || (await tx.existsBy(TestSampleEntity, { voiceId, ttsType }));
    moved.push({ ttsType, lastUpdateStatus, lastUpdateTime, isStale, showsResults, run: run && movedRun(run) });
  }
  return moved;
}

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

function movedRun(run: EmbeddingRunEntity): MovedRun {
  const { archiveKey, archiveBytes, engine, language, testSentences, sampleEmbeddings, samples, createdAt } = run;
  const { scores, failedSamples, testSamples } = run;
  return {
    ...{ archiveKey, archiveBytes, engine, language, testSentences, sampleEmbeddings, samples, createdAt },
    ...{ scores, failedSamples, testSamples: testSamples ?? [] },
  };
}
