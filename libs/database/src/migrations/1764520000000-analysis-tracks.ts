import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The analysis track of an original, and the quality of samples. Both are null for what older processes store: a track is
 * then measured when it is first needed, and the quality of samples with it.
 */
export class AnalysisTracks1764520000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE voices ADD COLUMN analysis_key text`);
    await runner.query(`ALTER TABLE samples ADD COLUMN quality jsonb`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE samples DROP COLUMN quality`);
    await runner.query(`ALTER TABLE voices DROP COLUMN analysis_key`);
  }
}
