import type { Database } from '#libs/database';
import type { ObjectStorage } from '#libs/storage';

const archivesAtATime = 100;

/**
 * Measures the archives of embeddings that processes of 0.1.0 have stored without their sizes, as `measureVoiceFiles` does,
 * and those of their runs. An archive that is made while it is sent has no object, and 0 bytes.
 */
export async function measureArchives(database: Database, storage: Pick<ObjectStorage, 'stat'>): Promise<void> {
  for (let count = archivesAtATime; count === archivesAtATime;) {
    const archives = await database.query<{ readonly voiceId: string; readonly zipKey: string }>(
      `SELECT voice_id AS "voiceId", zip_key AS "zipKey" FROM embeddings
       WHERE zip_key IS NOT NULL AND sized_zip_key IS DISTINCT FROM zip_key
       UNION SELECT voice_id, archive_key FROM embedding_runs
       WHERE archive_bytes IS NULL AND replaced_at IS NULL AND test_samples IS NOT NULL LIMIT $1`,
      [archivesAtATime],
    );
    for (const { voiceId, zipKey } of archives) {
      const bytes = (await storage.stat(zipKey))?.bytes ?? 0;
      await database.query('UPDATE embedding_runs SET archive_bytes = $2 WHERE archive_key = $1', [zipKey, bytes]);
      await database.query(
        'UPDATE embeddings SET zip_bytes = $3, sized_zip_key = zip_key WHERE voice_id = $1 AND zip_key = $2',
        [voiceId, zipKey, bytes],
      );
    }
    count = archives.length;
  }
}
