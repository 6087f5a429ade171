import { rowsOf, type Transaction } from '#libs/database';
import { compareEngineVersions } from './engine-version.js';

/** Which embeddings a recompute is about. */
export interface RecomputeScope {
  readonly ttsType: string;
  /** Only those of older engine versions; null: all. */
  readonly engineOlderThan: string | null;
  /** Only those of this partner's voices; null: of all. */
  readonly partnerId: string | null;
}

/**
 * Current embeddings. $1: tts type, $2: partner or null, $3: engine versions or null.
 *
 * A run whose engine is not known is older than any version: it was stored before engines were kept.
 */
const current = `FROM embeddings e JOIN voices v ON v.id = e.voice_id
  LEFT JOIN embedding_runs r ON r.archive_key = e.zip_key
  WHERE e.tts_type = $1 AND e.zip_key IS NOT NULL AND ($2::uuid IS NULL OR v.partner_id = $2)
    AND ($3::text[] IS NULL OR r.engine IS NULL OR r.engine->>'version' = ANY($3))`;

/** Counts the voices of a scope. */
export async function countVoices(tx: Transaction, scope: RecomputeScope): Promise<number> {
  const values = [scope.ttsType, scope.partnerId, await olderVersions(tx, scope)];
  const [row] = await rowsOf<{ readonly n: number }>(tx, `SELECT count(*)::int AS n ${current}`, values);
  return row?.n ?? 0;
}

/** Creates a recompute with the voices that it finds now. @returns its id, and how many voices it has */
export async function insertRecompute(
  tx: Transaction,
  scope: RecomputeScope,
): Promise<{ readonly id: string; readonly voices: number }> {
  const { ttsType, engineOlderThan, partnerId } = scope;
  const [made] = await rowsOf<{ readonly id: string; readonly voices: number }>(
    tx,
    `WITH found AS MATERIALIZED (
       SELECT v.id AS voice_id, e.zip_key AS run ${current}
     ), made AS (
       INSERT INTO recomputes (tts_type, engine_older_than, partner_id, voices)
       SELECT $1, $4::text, $2, count(*) FROM found RETURNING id, voices
     ), work AS (
       INSERT INTO recompute_voices (recompute_id, voice_id, run) SELECT made.id, found.voice_id, found.run FROM made, found
     )
     SELECT id, voices FROM made`,
    [ttsType, partnerId, await olderVersions(tx, scope), engineOlderThan],
  );
  if (made === undefined) throw new Error('INSERT has returned no row');
  return made;
}

/** Returns the versions among all runs that are older than the one of the scope; null: any version. */
async function olderVersions(
  tx: Transaction,
  { ttsType, engineOlderThan }: RecomputeScope,
): Promise<readonly string[] | null> {
  if (engineOlderThan === null) return null;
  const rows = await rowsOf<{ readonly version: string }>(
    tx,
    `SELECT DISTINCT engine->>'version' AS version FROM embedding_runs WHERE tts_type = $1 AND engine IS NOT NULL`,
    [ttsType],
  );
  return rows.map(({ version }) => version).filter((version) => compareEngineVersions(version, engineOlderThan) < 0);
}
