import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The embeddings of a voice by a hash: found in one page among millions as among a few, where a tree grows by a level.
 * Filled to 40 %, a bucket keeps to its page even when it is about to be split and holds twice as many as it should.
 *
 * Only adds an index: older processes go on beside it.
 */
export class EmbeddingsByVoice1764200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX embeddings_voice_id_idx ON embeddings USING hash (voice_id) WITH (fillfactor = 40)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX embeddings_voice_id_idx`);
  }
}
