import { rowsOf, type StoredEngine, type Transaction } from '#libs/database';

/**
 * Records the engine that an endpoint has reported with a result. Embeddings of other engines are stale from now on.
 *
 * Writes only if the last report for the tts type and language, or the last for the tts type, says something else: runs of
 * many voices end at the same time, and a write locks the row until their commit.
 */
export async function recordEngine(
  tx: Transaction,
  ttsType: string,
  language: string,
  engine: StoredEngine,
): Promise<void> {
  await rowsOf(
    tx,
    `INSERT INTO reported_engines (tts_type, language, engine)
     SELECT $1, $2, $3::jsonb
     WHERE NOT EXISTS (SELECT 1 FROM reported_engines WHERE tts_type = $1 AND language = $2 AND engine = $3::jsonb)
       OR (SELECT jsonb_build_array(engine->'name', engine->'version') FROM reported_engines WHERE tts_type = $1
         ORDER BY reported_at DESC LIMIT 1) <> jsonb_build_array($3::jsonb->'name', $3::jsonb->'version')
     ON CONFLICT (tts_type, language) DO UPDATE SET engine = EXCLUDED.engine, reported_at = EXCLUDED.reported_at`,
    [ttsType, language, JSON.stringify(engine)],
  );
}
