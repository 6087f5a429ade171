import { EmbeddingRunEntity, rowsOf, type RunTestSample, type Transaction } from '#libs/database';
import { keepReplacedSeconds, removeObjects } from '#libs/retention';

// Writes to runs and to what is shown of the current one. The transaction must hold the voice's row.

/** The embeddings of a voice and tts type. */
export interface RunPlace {
  readonly voiceId: string;
  readonly ttsType: string;
}

/** A run whose files are durable in storage. */
export type NewRun = Readonly<
  Pick<
    EmbeddingRunEntity,
    'archiveKey' | 'archiveBytes' | 'engine' | 'language' | 'testSentences' | 'sampleEmbeddings' | 'samples'
  >
> & {
  /** Best first. */
  readonly scores: readonly EmbeddingRunEntity['scores'][number][];
  readonly failedSamples: readonly EmbeddingRunEntity['failedSamples'][number][];
  readonly testSamples: readonly RunTestSample[];
  /** Default: now. */
  readonly createdAt?: Date;
};

type RunFiles = Pick<EmbeddingRunEntity, 'archiveKey' | 'sampleEmbeddings' | 'testSamples'>;

/** Returns the keys of all objects of a run. The archive of contract version 2 is none. */
export function filesOf({ archiveKey, sampleEmbeddings, testSamples }: RunFiles): string[] {
  return [
    ...(sampleEmbeddings.length === 0 ? [archiveKey] : []),
    ...sampleEmbeddings.map(({ objectKey }) => objectKey),
    ...(testSamples ?? []).map(({ objectKey }) => objectKey),
  ];
}

const sum = (files: readonly { readonly bytes: number }[]): number => files.reduce((sum, { bytes }) => sum + bytes, 0);

/** Inserts a run. Nothing shows it yet. @returns its id */
export async function insertRun(tx: Transaction, { voiceId, ttsType }: RunPlace, run: NewRun): Promise<string> {
  const { archiveKey, archiveBytes, engine, language, testSentences, sampleEmbeddings, samples, createdAt } = run;
  const { scores, failedSamples, testSamples } = run;
  const inserted = await tx.insert(EmbeddingRunEntity, {
    ...{ voiceId, ttsType, archiveKey, archiveBytes, engine, language, testSentences, sampleEmbeddings, samples },
    ...(createdAt && { createdAt }),
    scores: [...scores],
    failedSamples: failedSamples.map(({ sampleIndex, message }) => ({ sampleIndex, message })),
    testSamples: [...testSamples],
    bytes: sum(sampleEmbeddings) + sum(testSamples),
  });
  return (inserted.identifiers[0] as { readonly id: string }).id;
}

/**
 * Makes a run the current one of its voice and tts type: its archive, scores and test samples are those that are shown.
 *
 * @param options `isStale`: the samples have changed since
 */
export async function showRun(
  tx: Transaction,
  runId: string,
  { isStale }: { readonly isStale: boolean },
): Promise<void> {
  await rowsOf(
    tx,
    `DELETE FROM test_samples t USING embedding_runs r
     WHERE r.id = $1 AND t.voice_id = r.voice_id AND t.tts_type = r.tts_type`,
    [runId],
  );
  await rowsOf(
    tx,
    `INSERT INTO test_samples
       (voice_id, tts_type, sample_index, sentence_index, duration_seconds, object_key, bytes, sha256)
     SELECT r.voice_id, r.tts_type, t."sampleIndex", t."sentenceIndex", t."durationSeconds", t."objectKey", t.bytes, t.sha256
     FROM embedding_runs r, jsonb_to_recordset(r.test_samples) AS t("sampleIndex" integer, "sentenceIndex" integer,
       "durationSeconds" double precision, "objectKey" text, bytes integer, sha256 text)
     WHERE r.id = $1`,
    [runId],
  );
  await rowsOf(
    tx,
    `INSERT INTO embeddings
       (voice_id, tts_type, last_update_status, last_update_time, zip_key, zip_bytes, sized_zip_key, scores, stale)
     SELECT voice_id, tts_type, 'success', now(), archive_key, archive_bytes,
       CASE WHEN archive_bytes IS NOT NULL THEN archive_key END, scores, $2 FROM embedding_runs WHERE id = $1
     ON CONFLICT (voice_id, tts_type) DO UPDATE SET last_update_status = EXCLUDED.last_update_status,
       last_update_time = EXCLUDED.last_update_time, zip_key = EXCLUDED.zip_key, zip_bytes = EXCLUDED.zip_bytes,
       sized_zip_key = EXCLUDED.sized_zip_key, scores = EXCLUDED.scores, stale = EXCLUDED.stale`,
    [runId, isStale],
  );
  // The clock and not now(): transactions wait for the voice, and the last one to get it is the last one to show a run.
  await rowsOf(tx, 'UPDATE embedding_runs SET shown_at = clock_timestamp() WHERE id = $1', [runId]);
}

/**
 * Ends all runs but the current one and those that were current last. So the run that was in use before can always be
 * restored, however old it is. Files of ended runs stay as long as signed URLs can name them, and their rows until the
 * next call after that.
 *
 * @param options `kept`: how many runs stay, at least 1, the current one included
 */
export async function endRuns(tx: Transaction, of: RunPlace, { kept }: { readonly kept: number }): Promise<void> {
  const ended = await rowsOf<RunFiles>(
    tx,
    `UPDATE embedding_runs SET replaced_at = now() WHERE id IN (
       SELECT r.id FROM embedding_runs r
       LEFT JOIN embeddings e ON e.voice_id = r.voice_id AND e.tts_type = r.tts_type AND e.zip_key = r.archive_key
       WHERE r.voice_id = $1 AND r.tts_type = $2 AND r.replaced_at IS NULL AND e.id IS NULL
       ORDER BY coalesce(r.shown_at, r.created_at) DESC, r.id OFFSET $3
     )
     RETURNING archive_key AS "archiveKey", sample_embeddings AS "sampleEmbeddings", test_samples AS "testSamples"`,
    [of.voiceId, of.ttsType, kept - 1],
  );
  await removeObjects(tx, ended.flatMap(filesOf), keepReplacedSeconds);
  await rowsOf(
    tx,
    `DELETE FROM embedding_runs WHERE voice_id = $1 AND tts_type = $2
       AND replaced_at < now() - $3::int * interval '1 second'`,
    [of.voiceId, of.ttsType, keepReplacedSeconds],
  );
}

/**
 * Deletes a run that is not the current one. Its files stay as long as signed URLs can name them. A speech with it that has
 * not reached the GPU side by then fails, and says that the embedding was replaced.
 */
export async function deleteRun(tx: Transaction, run: RunFiles & { readonly id: string }): Promise<void> {
  await removeObjects(tx, filesOf(run), keepReplacedSeconds);
  await tx.delete(EmbeddingRunEntity, { id: run.id });
}

/** Deletes the test samples of all runs of a tts type. Their files stay until no signed URL can name them. */
export async function deleteTestSamples(tx: Transaction, { voiceId, ttsType }: RunPlace): Promise<void> {
  const of = [voiceId, ttsType];
  const files = await rowsOf<{ readonly objectKey: string }>(
    tx,
    `SELECT object_key AS "objectKey" FROM test_samples WHERE voice_id = $1 AND tts_type = $2
     UNION SELECT made->>'objectKey' FROM embedding_runs, jsonb_array_elements(test_samples) AS made
       WHERE voice_id = $1 AND tts_type = $2 AND replaced_at IS NULL`,
    of,
  );
  await removeObjects(
    tx,
    files.map(({ objectKey }) => objectKey),
    keepReplacedSeconds,
  );
  await rowsOf(tx, 'DELETE FROM test_samples WHERE voice_id = $1 AND tts_type = $2', of);
  await rowsOf(
    tx,
    `UPDATE embedding_runs SET test_samples = '[]',
       bytes = coalesce((SELECT sum((made->>'bytes')::bigint) FROM jsonb_array_elements(sample_embeddings) AS made), 0)
     WHERE voice_id = $1 AND tts_type = $2 AND replaced_at IS NULL AND test_samples IS NOT NULL`,
    of,
  );
}
