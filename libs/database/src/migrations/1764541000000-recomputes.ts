import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Embeddings that are made anew in the background.
 *
 * Only expands. The jobs of older processes are what somebody has asked for, as the default says. An older process gives a
 * background job a turn as if somebody had asked for it. Entries of the audit log that concern all partners have no partner.
 */
export class Recomputes1764541000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE jobs ADD COLUMN is_background boolean NOT NULL DEFAULT false');
    await runner.query('ALTER TABLE audit_log ALTER COLUMN partner_id DROP NOT NULL');
    await runner.query(`
      CREATE TABLE recomputes (
        id uuid NOT NULL DEFAULT gen_random_uuid() CONSTRAINT recomputes_pkey PRIMARY KEY,
        tts_type text NOT NULL,
        engine_older_than text,
        partner_id uuid CONSTRAINT recomputes_partner_id_fkey REFERENCES partners (id) ON DELETE CASCADE,
        state text NOT NULL DEFAULT 'running',
        voices integer NOT NULL,
        done integer NOT NULL DEFAULT 0,
        failed integer NOT NULL DEFAULT 0,
        skipped integer NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL DEFAULT now(),
        finished_at timestamptz,
        CONSTRAINT recomputes_state_check CHECK (state IN ('running', 'cancelled', 'completed')),
        CONSTRAINT recomputes_finished_at_check CHECK (
          CASE state WHEN 'running' THEN finished_at IS NULL WHEN 'completed' THEN finished_at IS NOT NULL ELSE true END)
      )`);
    await runner.query('CREATE INDEX recomputes_created_at_idx ON recomputes (created_at, id)');
    await runner.query('CREATE INDEX recomputes_partner_id_idx ON recomputes (partner_id)');
    await runner.query(`
      CREATE TABLE recompute_voices (
        recompute_id uuid NOT NULL
          CONSTRAINT recompute_voices_recompute_id_fkey REFERENCES recomputes (id) ON DELETE CASCADE,
        voice_id uuid NOT NULL,
        run text NOT NULL,
        job_id uuid,
        turn_after timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT recompute_voices_pkey PRIMARY KEY (recompute_id, voice_id)
      )`);
    await runner.query(
      'CREATE INDEX recompute_voices_job_id_idx ON recompute_voices (job_id) WHERE job_id IS NOT NULL',
    );
    await runner.query(
      `CREATE INDEX recompute_voices_turn_idx ON recompute_voices (recompute_id, turn_after, voice_id)
       WHERE job_id IS NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE recompute_voices');
    await runner.query('DROP TABLE recomputes');
    await runner.query('DELETE FROM audit_log WHERE partner_id IS NULL');
    await runner.query('ALTER TABLE audit_log ALTER COLUMN partner_id SET NOT NULL');
    await runner.query('ALTER TABLE jobs DROP COLUMN is_background');
  }
}
