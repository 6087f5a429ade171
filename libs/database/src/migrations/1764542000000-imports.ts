import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The kind and the stage of imports. Only allows more: older processes go on beside it. */
export class Imports1764542000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE jobs DROP CONSTRAINT jobs_kind_check, DROP CONSTRAINT jobs_stage_check,
         ADD CONSTRAINT jobs_kind_check CHECK (kind IN ('split', 'embed', 'speak', 'import')),
         ADD CONSTRAINT jobs_stage_check CHECK (stage IN ('samples', 'original', 'submit', 'collect', 'unpack'))`,
    );
  }

  /** A voice whose import has not ended has nothing but its name. Its import fails, as if it had been cancelled. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `UPDATE voices SET splitting_status = 'failed', splitting_error = 'Cancelled', updated_at = now()
       WHERE id IN (
         SELECT voice_id FROM jobs WHERE kind = 'import' AND state IN ('queued', 'running', 'waiting'))`,
    );
    await runner.query(`DELETE FROM jobs WHERE kind = 'import'`);
    await runner.query(
      `ALTER TABLE jobs DROP CONSTRAINT jobs_kind_check, DROP CONSTRAINT jobs_stage_check,
         ADD CONSTRAINT jobs_kind_check CHECK (kind IN ('split', 'embed', 'speak')),
         ADD CONSTRAINT jobs_stage_check CHECK (stage IN ('samples', 'original', 'submit', 'collect'))`,
    );
  }
}
