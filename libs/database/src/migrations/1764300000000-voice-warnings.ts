import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is wrong with a voice's recording. Only adds a column with a default: older processes go on beside it. */
export class VoiceWarnings1764300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE voices ADD COLUMN warnings jsonb NOT NULL DEFAULT '[]'::jsonb`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE voices DROP COLUMN warnings`);
  }
}
