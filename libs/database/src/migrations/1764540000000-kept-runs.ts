import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Embedding runs that are kept with everything they have made, and the engines that endpoints have reported. The current
 * embeddings become the first runs.
 *
 * Only adds. A run that an older process stores is completed later (`completeRuns` in libs/embeddings). An older process
 * that replaces an embedding ends all kept runs of its tts type: to it they are one run that it replaces.
 */
export class KeptRuns1764540000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE embedding_runs
         ADD COLUMN samples jsonb,
         ADD COLUMN scores jsonb NOT NULL DEFAULT '[]'::jsonb,
         ADD COLUMN failed_samples jsonb NOT NULL DEFAULT '[]'::jsonb,
         ADD COLUMN test_samples jsonb,
         ADD COLUMN archive_bytes bigint,
         ADD COLUMN bytes bigint NOT NULL DEFAULT 0,
         ADD COLUMN shown_at timestamptz`,
    );
    await runner.query(
      `INSERT INTO embedding_runs (voice_id, tts_type, archive_key, created_at)
       SELECT voice_id, tts_type, zip_key, last_update_time FROM embeddings WHERE zip_key IS NOT NULL
       ON CONFLICT DO NOTHING`,
    );
    await runner.query(
      `UPDATE embedding_runs r SET
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
       WHERE r.archive_key = e.zip_key`,
    );
    await runner.query(
      `CREATE TABLE reported_engines (
         tts_type text NOT NULL,
         language text NOT NULL,
         engine jsonb NOT NULL,
         reported_at timestamptz NOT NULL DEFAULT now(),
         CONSTRAINT reported_engines_pkey PRIMARY KEY (tts_type, language)
       )`,
    );
    await runner.query(
      `INSERT INTO reported_engines (tts_type, language, engine, reported_at)
       SELECT DISTINCT ON (tts_type, language) tts_type, language, engine, created_at FROM embedding_runs
       WHERE engine IS NOT NULL AND language IS NOT NULL ORDER BY tts_type, language, created_at DESC`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE reported_engines`);
    // Earlier releases take every run with no `replaced_at` for the current one, and remove the files of no other.
    await runner.query(
      `WITH dropped AS (
         UPDATE embedding_runs r SET replaced_at = now()
         WHERE replaced_at IS NULL AND NOT EXISTS (SELECT 1 FROM embeddings e WHERE e.zip_key = r.archive_key)
         RETURNING archive_key, sample_embeddings, test_samples
       )
       INSERT INTO object_removals (target, due_at)
       SELECT archive_key, now() FROM dropped
       UNION ALL SELECT made->>'objectKey', now() FROM dropped,
         jsonb_array_elements(sample_embeddings || coalesce(test_samples, '[]')) AS made`,
    );
    await runner.query(
      `ALTER TABLE embedding_runs DROP COLUMN samples, DROP COLUMN scores, DROP COLUMN failed_samples,
         DROP COLUMN test_samples, DROP COLUMN archive_bytes, DROP COLUMN bytes, DROP COLUMN shown_at`,
    );
  }
}
