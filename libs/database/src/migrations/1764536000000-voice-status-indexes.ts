import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Indexes that find the few voices of a status among many. Older processes keep them up to date like any other. */
export class VoiceStatusIndexes1764536000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const work of ['splitting', 'embedding']) {
      await runner.query(`CREATE INDEX voices_${work}_status_idx ON voices (partner_id, ${work}_status)`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const work of ['embedding', 'splitting']) await runner.query(`DROP INDEX voices_${work}_status_idx`);
  }
}
