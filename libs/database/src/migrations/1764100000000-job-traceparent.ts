import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which trace a job belongs to. Only adds a column that may be empty: older processes go on beside it. */
export class JobTraceparent1764100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE jobs ADD COLUMN traceparent text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE jobs DROP COLUMN traceparent`);
  }
}
