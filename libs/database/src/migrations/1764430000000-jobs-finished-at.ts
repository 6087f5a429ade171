import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds jobs that ended long ago. Only adds an index: older processes go on beside it. */
export class JobsFinishedAt1764430000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX jobs_finished_at_idx ON jobs (finished_at) WHERE state IN ('completed', 'failed')`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX jobs_finished_at_idx`);
  }
}
