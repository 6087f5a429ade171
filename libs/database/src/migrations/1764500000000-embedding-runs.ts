import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What each embedding run has made, and the language of a voice. Only adds: older processes go on beside it, and an
 * embedding that they store has no run.
 */
export class EmbeddingRuns1764500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE voices ADD COLUMN language text NOT NULL DEFAULT 'en'`);
    await runner.query(
      `CREATE TABLE embedding_runs (
         id uuid NOT NULL DEFAULT gen_random_uuid() CONSTRAINT embedding_runs_pkey PRIMARY KEY,
         voice_id uuid NOT NULL CONSTRAINT embedding_runs_voice_id_fkey REFERENCES voices (id) ON DELETE CASCADE,
         tts_type text NOT NULL,
         archive_key text NOT NULL CONSTRAINT embedding_runs_archive_key_unique UNIQUE,
         engine jsonb,
         language text,
         test_sentences jsonb NOT NULL DEFAULT '[]'::jsonb,
         sample_embeddings jsonb NOT NULL DEFAULT '[]'::jsonb,
         created_at timestamptz NOT NULL DEFAULT now(),
         replaced_at timestamptz
       )`,
    );
    await runner.query(`CREATE INDEX embedding_runs_voice_id_idx ON embedding_runs (voice_id, tts_type)`);
    await runner.query(
      `INSERT INTO embedding_runs (voice_id, tts_type, archive_key, created_at)
       SELECT voice_id, tts_type, zip_key, last_update_time FROM embeddings WHERE zip_key IS NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE embedding_runs`);
    await runner.query(`ALTER TABLE voices DROP COLUMN language`);
  }
}
