import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How often bytes could not be removed, and when they are tried again. Only adds columns: older processes go on beside it. */
export class RemovalTries1764410000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE object_removals ADD COLUMN tries integer NOT NULL DEFAULT 0, ADD COLUMN retry_at timestamptz`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE object_removals DROP COLUMN tries, DROP COLUMN retry_at`);
  }
}
