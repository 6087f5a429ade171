import { lockVoice, rowsOf, type Database, type Transaction } from '#libs/database';
import { endRuns } from './run-rows.js';

const voicesAtATime = 100;

/** Embeddings whose run an older process has stored: it has no row, or one without test samples. */
const incomplete = `FROM embeddings e LEFT JOIN embedding_runs r ON r.archive_key = e.zip_key
  WHERE e.zip_key IS NOT NULL AND r.test_samples IS NULL`;

const incompleteOfVoice = `SELECT 1 ${incomplete} AND e.voice_id = $1 LIMIT 1`;

/** Gives the incomplete current runs of a voice, $1, all that is known of them. */
const completeCurrent = `UPDATE embedding_runs r SET
    scores = e.scores,
    samples = CASE
      WHEN NOT e.stale THEN (
        SELECT jsonb_agg(jsonb_build_object('sampleIndex', s.index, 'sha256', s.sha256) ORDER BY s.index)
        FROM samples s WHERE s.voice_id = r.voice_id)
      WHEN r.sample_embeddings <> '[]' THEN (
        SELECT jsonb_agg(jsonb_build_object('sampleIndex', made->'sampleIndex', 'sha256', made->'sampleSha256'))
        FROM jsonb_array_elements(r.sample_embeddings) AS made)
    END,
    test_samples = tests.list,
    archive_bytes = CASE WHEN r.sample_embeddings <> '[]' THEN 0 WHEN e.sized_zip_key = e.zip_key THEN e.zip_bytes END,
    bytes = tests.bytes
      + coalesce((SELECT sum((made->>'bytes')::bigint) FROM jsonb_array_elements(r.sample_embeddings) AS made), 0)
  FROM embeddings e, LATERAL (
    SELECT coalesce(sum(t.bytes), 0) AS bytes, coalesce(jsonb_agg(jsonb_build_object(
        'sampleIndex', t.sample_index, 'sentenceIndex', t.sentence_index, 'durationSeconds', t.duration_seconds,
        'objectKey', t.object_key, 'bytes', t.bytes, 'sha256', t.sha256
      ) ORDER BY t.sample_index, t.sentence_index), '[]') AS list
    FROM test_samples t WHERE t.voice_id = e.voice_id AND t.tts_type = e.tts_type
  ) tests
  WHERE e.voice_id = $1 AND r.archive_key = e.zip_key AND r.test_samples IS NULL`;

/**
 * Completes the current runs of a voice that older processes have stored, so that they can be kept. The transaction must
 * hold the voice's row, and must not have changed its samples yet: a run that is not stale was made of these. May run
 * twice: a complete run stays as it is.
 *
 * A process of 0.1.0 stores no runs, and has scheduled the removal of files that it replaced. So no run from before it is
 * whole any more: they end. The current run stays.
 */
export async function completeRuns(tx: Transaction, voiceId: string): Promise<void> {
  if ((await rowsOf(tx, incompleteOfVoice, [voiceId])).length === 0) return;
  const inserted = await rowsOf<{ readonly ttsType: string }>(
    tx,
    `INSERT INTO embedding_runs (voice_id, tts_type, archive_key, created_at)
     SELECT voice_id, tts_type, zip_key, last_update_time FROM embeddings WHERE voice_id = $1 AND zip_key IS NOT NULL
     ON CONFLICT DO NOTHING RETURNING tts_type AS "ttsType"`,
    [voiceId],
  );
  for (const { ttsType } of inserted) await endRuns(tx, { voiceId, ttsType }, { kept: 1 });
  await rowsOf(tx, completeCurrent, [voiceId]);
}

/** As {@link completeRuns}, before runs are read. One query and no transaction if there is nothing to complete. */
export async function completeBeforeReading(database: Database, voiceId: string): Promise<void> {
  const found = await database.query(incompleteOfVoice, [voiceId]);
  if (found.length > 0) await completeVoice(database, voiceId);
}

/** Completes the runs of all voices, each in a transaction of its own. Many workers may do it at the same time. */
export async function completeAllRuns(database: Database): Promise<void> {
  let last: string | null = null;
  for (let count = voicesAtATime; count === voicesAtATime;) {
    const voices: readonly { readonly voiceId: string }[] = await database.query(
      `SELECT DISTINCT e.voice_id AS "voiceId" ${incomplete} AND ($2::uuid IS NULL OR e.voice_id > $2)
       ORDER BY e.voice_id LIMIT $1`,
      [voicesAtATime, last],
    );
    for (const { voiceId } of voices) await completeVoice(database, voiceId);
    count = voices.length;
    last = voices.at(-1)?.voiceId ?? null;
  }
}

function completeVoice(database: Database, voiceId: string): Promise<void> {
  return database.transaction(async (tx) => {
    if ((await lockVoice(tx, voiceId)) !== null) await completeRuns(tx, voiceId);
  });
}
