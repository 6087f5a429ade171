import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Idempotency keys and the answers that are kept for them. An answer is deleted with its voice or partner, the key stays:
 * a late retry must not create the voice again. Only adds: older processes go on beside it.
 */
export class Idempotency1764533000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE idempotency_keys (
         id uuid NOT NULL CONSTRAINT idempotency_keys_pkey PRIMARY KEY,
         scope text NOT NULL,
         key_sha256 bytea NOT NULL,
         partner_id uuid
           CONSTRAINT idempotency_keys_partner_id_fkey REFERENCES partners (id) ON DELETE CASCADE,
         fingerprint bytea NOT NULL,
         claim uuid NOT NULL,
         held_until timestamptz NOT NULL,
         answered boolean NOT NULL DEFAULT false,
         CONSTRAINT idempotency_keys_scope_key_unique UNIQUE (scope, key_sha256)
       )`,
    );
    await runner.query(`CREATE INDEX idempotency_keys_partner_id_idx ON idempotency_keys (partner_id)`);
    await runner.query(`CREATE INDEX idempotency_keys_held_until_idx ON idempotency_keys (held_until)`);
    await runner.query(
      `CREATE TABLE idempotency_answers (
         id uuid NOT NULL CONSTRAINT idempotency_answers_pkey PRIMARY KEY
           CONSTRAINT idempotency_answers_id_fkey REFERENCES idempotency_keys (id) ON DELETE CASCADE,
         partner_id uuid
           CONSTRAINT idempotency_answers_partner_id_fkey REFERENCES partners (id) ON DELETE CASCADE,
         voice_id uuid
           CONSTRAINT idempotency_answers_voice_id_fkey REFERENCES voices (id) ON DELETE CASCADE,
         sealed bytea NOT NULL
       )`,
    );
    await runner.query(`CREATE INDEX idempotency_answers_partner_id_idx ON idempotency_answers (partner_id)`);
    await runner.query(`CREATE INDEX idempotency_answers_voice_id_idx ON idempotency_answers (voice_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE idempotency_answers`);
    await runner.query(`DROP TABLE idempotency_keys`);
  }
}
