import type { MigrationInterface, QueryRunner } from 'typeorm';

const active = `state IN ('queued', 'running', 'waiting')`;

/**
 * Texts that clients let a voice speak, and the kind of their jobs. A voice may have several of these at a time. Only adds:
 * older processes go on beside it.
 */
export class Speeches1764510000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE speeches (
         id uuid NOT NULL CONSTRAINT speeches_pkey PRIMARY KEY,
         voice_id uuid NOT NULL CONSTRAINT speeches_voice_id_fkey REFERENCES voices (id) ON DELETE CASCADE,
         tts_type text NOT NULL,
         language text NOT NULL,
         text text NOT NULL,
         sample_index integer NOT NULL,
         seed bigint NOT NULL,
         embedding jsonb NOT NULL,
         status text NOT NULL DEFAULT 'in_progress'
           CONSTRAINT speeches_status_check CHECK (status IN ('in_progress', 'completed', 'failed')),
         error text,
         object_key text,
         bytes integer,
         sha256 text,
         duration_seconds double precision,
         created_at timestamptz NOT NULL DEFAULT now(),
         finished_at timestamptz,
         expires_at timestamptz,
         CONSTRAINT speeches_object_check CHECK ((status = 'completed') = (object_key IS NOT NULL)),
         CONSTRAINT speeches_error_check CHECK ((status = 'failed') = (error IS NOT NULL)),
         CONSTRAINT speeches_expires_at_check CHECK ((status = 'in_progress') = (expires_at IS NULL))
       )`,
    );
    await runner.query(`CREATE INDEX speeches_voice_id_idx ON speeches (voice_id)`);
    await runner.query(`CREATE INDEX speeches_expires_at_idx ON speeches (expires_at) WHERE expires_at IS NOT NULL`);
    await runner.query(
      `ALTER TABLE jobs DROP CONSTRAINT jobs_kind_check,
         ADD CONSTRAINT jobs_kind_check CHECK (kind IN ('split', 'embed', 'speak'))`,
    );
    await runner.query(`DROP INDEX jobs_active_unique`);
    await runner.query(
      `CREATE UNIQUE INDEX jobs_active_unique ON jobs (voice_id, kind) WHERE ${active} AND kind <> 'speak'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM jobs WHERE kind = 'speak'`);
    await runner.query(`DROP INDEX jobs_active_unique`);
    await runner.query(`CREATE UNIQUE INDEX jobs_active_unique ON jobs (voice_id, kind) WHERE ${active}`);
    await runner.query(
      `ALTER TABLE jobs DROP CONSTRAINT jobs_kind_check,
         ADD CONSTRAINT jobs_kind_check CHECK (kind IN ('split', 'embed'))`,
    );
    await runner.query(`DROP TABLE speeches`);
  }
}
