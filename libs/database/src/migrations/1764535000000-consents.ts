import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Consents. Older processes neither write nor read them; a voice that they delete takes its consents with it. */
export class Consents1764535000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE consents (
        id uuid CONSTRAINT consents_pkey PRIMARY KEY,
        voice_id uuid NOT NULL CONSTRAINT consents_voice_id_fkey REFERENCES voices (id) ON DELETE CASCADE,
        statement text NOT NULL,
        language text NOT NULL,
        granted_by text NOT NULL,
        method text NOT NULL,
        text_version text,
        file jsonb,
        recording jsonb,
        similarity jsonb,
        created_at timestamptz NOT NULL DEFAULT now(),
        revoked_at timestamptz,
        CONSTRAINT consents_method_check CHECK (method IN ('recorded', 'written', 'verbal')),
        CONSTRAINT consents_recording_check
          CHECK (recording IS NULL OR (file IS NOT NULL AND method = 'recorded'))
      )`);
    await runner.query('CREATE INDEX consents_voice_id_idx ON consents (voice_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE consents');
  }
}
