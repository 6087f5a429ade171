import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Embedding runs that are kept with everything they have made, and the engines that endpoints have reported.
 *
 * Only adds, and locks `embedding_runs` for a moment: each voice's runs are completed later (`completeRuns` in
 * libs/embeddings), as is a run that an older process stores. An older process that replaces an embedding ends all kept
 * runs of its tts type: to it they are one run that it replaces.
 */
export class KeptRuns1764540000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
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
    // Last: nobody can read the table from here to the end of the transaction.
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
