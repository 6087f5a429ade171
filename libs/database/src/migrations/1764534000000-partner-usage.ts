import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What partners use, and how much they may: quotas, scopes of keys, sizes of stored files, seconds on the GPU side, and
 * recordings that are removed after a time.
 *
 * Only adds. Older processes store no sizes: a worker fills them in later (`ObjectSizes` in libs/usage). They know no scopes
 * and no quotas, and ignore them. Keys from before may read and write.
 */
export class PartnerUsage1764534000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE partners
         ADD COLUMN max_voices integer,
         ADD COLUMN max_bytes bigint,
         ADD COLUMN max_gpu_seconds_per_month integer,
         ADD COLUMN keep_originals_days integer`,
    );
    await runner.query(
      `ALTER TABLE api_keys ADD COLUMN scopes text[] NOT NULL DEFAULT '{read,write}',
         ADD CONSTRAINT api_keys_scopes_check
           CHECK (scopes <@ ARRAY['read', 'write'] AND cardinality(scopes) > 0)`,
    );
    await runner.query(
      `ALTER TABLE voices
         ADD COLUMN upload_bytes bigint,
         ADD COLUMN original_bytes bigint,
         ADD COLUMN analysis_bytes bigint,
         ADD COLUMN original_removed_at timestamptz`,
    );
    await runner.query(`ALTER TABLE embeddings ADD COLUMN zip_bytes bigint, ADD COLUMN sized_zip_key text`);
    await runner.query(
      `CREATE TABLE gpu_uses (
         runpod_endpoint text NOT NULL,
         runpod_job_id text NOT NULL,
         partner_id uuid NOT NULL CONSTRAINT gpu_uses_partner_id_fkey REFERENCES partners (id) ON DELETE CASCADE,
         kind text NOT NULL,
         seconds double precision NOT NULL,
         at timestamptz NOT NULL DEFAULT now(),
         CONSTRAINT gpu_uses_pkey PRIMARY KEY (runpod_endpoint, runpod_job_id)
       )`,
    );
    await runner.query(`CREATE INDEX gpu_uses_partner_id_idx ON gpu_uses (partner_id, at)`);
    await runner.query(`ALTER TABLE gpu_cancellations ADD COLUMN partner_id uuid, ADD COLUMN kind text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE gpu_cancellations DROP COLUMN partner_id, DROP COLUMN kind`);
    await runner.query(`DROP TABLE gpu_uses`);
    await runner.query(`ALTER TABLE embeddings DROP COLUMN zip_bytes, DROP COLUMN sized_zip_key`);
    await runner.query(
      `ALTER TABLE voices DROP COLUMN upload_bytes, DROP COLUMN original_bytes, DROP COLUMN analysis_bytes,
         DROP COLUMN original_removed_at`,
    );
    await runner.query(`ALTER TABLE api_keys DROP CONSTRAINT api_keys_scopes_check, DROP COLUMN scopes`);
    await runner.query(
      `ALTER TABLE partners DROP COLUMN max_voices, DROP COLUMN max_bytes, DROP COLUMN max_gpu_seconds_per_month,
         DROP COLUMN keep_originals_days`,
    );
  }
}
