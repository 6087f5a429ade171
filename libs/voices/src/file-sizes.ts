import type { Database } from '#libs/database';
import type { ObjectStorage } from '#libs/storage';

const voicesAtATime = 100;

const named = ['upload', 'original', 'analysis'] as const;
const unmeasured = named.map((file) => `(${file}_key IS NOT NULL AND ${file}_bytes IS NULL)`).join(' OR ');

type Keys = Readonly<Record<`${(typeof named)[number]}Key`, string | null>>;

/**
 * Measures the files of voices that processes of 0.1.0 have stored without their sizes. May run twice, and at the same time
 * in many workers: a size is written only if the voice still has the same file. A file that is missing has 0 bytes.
 */
export async function measureVoiceFiles(database: Database, storage: Pick<ObjectStorage, 'stat'>): Promise<void> {
  const sizeOf = async (key: string | null): Promise<number | null> =>
    key === null ? null : ((await storage.stat(key))?.bytes ?? 0);
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const voices = await database.query<Keys & { readonly id: string }>(
      `SELECT id, upload_key AS "uploadKey", original_key AS "originalKey", analysis_key AS "analysisKey"
       FROM voices WHERE id > $1 AND (${unmeasured}) ORDER BY id LIMIT $2`,
      [after, voicesAtATime],
    );
    for (const { id, uploadKey, originalKey, analysisKey } of voices) {
      const keys = [uploadKey, originalKey, analysisKey];
      const sizes = await Promise.all(keys.map(sizeOf));
      await database.query(
        `UPDATE voices SET
           upload_bytes = CASE WHEN upload_key = $2 THEN $5::bigint ELSE upload_bytes END,
           original_bytes = CASE WHEN original_key = $3 THEN $6::bigint ELSE original_bytes END,
           analysis_bytes = CASE WHEN analysis_key = $4 THEN $7::bigint ELSE analysis_bytes END
         WHERE id = $1`,
        [id, ...keys, ...sizes],
      );
      after = id;
    }
    if (voices.length < voicesAtATime) return;
  }
}
