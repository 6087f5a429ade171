import type { Database } from '#libs/database';
import type { ObjectStorage } from '#libs/storage';

const archivesAtATime = 100;

/**
 * Measures the archives of embeddings that processes of 0.1.0 have stored without their sizes, as `measureVoiceFiles` does.
 * An archive that is made while it is sent has no object, and 0 bytes.
 */
export async function measureArchives(database: Database, storage: Pick<ObjectStorage, 'stat'>): Promise<void> {
  for (let count = archivesAtATime; count === archivesAtATime;) {
    const archives = await database.query<{ readonly id: string; readonly zipKey: string }>(
      `SELECT id, zip_key AS "zipKey" FROM embeddings
       WHERE zip_key IS NOT NULL AND sized_zip_key IS DISTINCT FROM zip_key LIMIT $1`,
      [archivesAtATime],
    );
    for (const { id, zipKey } of archives) {
      const bytes = (await storage.stat(zipKey))?.bytes ?? 0;
      await database.query(
        'UPDATE embeddings SET zip_bytes = $3, sized_zip_key = zip_key WHERE id = $1 AND zip_key = $2',
        [id, zipKey, bytes],
      );
    }
    count = archives.length;
  }
}
