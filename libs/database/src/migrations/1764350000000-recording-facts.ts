import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How an upload is to be decoded, and where its original lacks audio. Only adds columns that may be empty: older processes
 * go on beside it, and what they store is looked at again by the worker.
 */
export class RecordingFacts1764350000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE voices ADD COLUMN upload_facts jsonb`);
    await runner.query(`ALTER TABLE voices ADD COLUMN original_missing jsonb NOT NULL DEFAULT '[]'::jsonb`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE voices DROP COLUMN original_missing`);
    await runner.query(`ALTER TABLE voices DROP COLUMN upload_facts`);
  }
}
