import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Since when RunPod does not know a job. Only adds a column that may be empty: older processes go on beside it. */
export class GpuMissingSince1764400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE jobs ADD COLUMN gpu_missing_since timestamptz`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE jobs DROP COLUMN gpu_missing_since`);
  }
}
