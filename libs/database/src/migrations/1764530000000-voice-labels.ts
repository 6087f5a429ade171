import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Labels and a description for voices, and indexes for searching and sorting the list. Voices of older processes have no
 * labels and no description, which is what the defaults say.
 */
export class VoiceLabels1764530000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE voices ADD COLUMN labels text[] NOT NULL DEFAULT '{}', ADD COLUMN description text`,
    );
    await runner.query(`CREATE INDEX voices_labels_idx ON voices USING gin (labels) WHERE labels <> '{}'`);
    await runner.query(`CREATE INDEX voices_created_at_idx ON voices (partner_id, created_at, id)`);
    await runner.query(`CREATE INDEX voices_updated_at_idx ON voices (partner_id, updated_at, id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const column of ['updated_at', 'created_at', 'labels']) await runner.query(`DROP INDEX voices_${column}_idx`);
    await runner.query(`ALTER TABLE voices DROP COLUMN description, DROP COLUMN labels`);
  }
}
