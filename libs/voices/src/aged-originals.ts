import { recordChange } from '#libs/audit';
import { rowsOf, type Database, type Transaction } from '#libs/database';
import { emitEvents } from '#libs/events';
import { keepReplacedSeconds, removeObjects } from '#libs/retention';

/** Originals that one transaction removes. */
const originalsAtATime = 100;

interface Removed {
  readonly id: string;
  readonly partnerId: string;
  readonly originalKey: string;
  readonly analysisKey: string | null;
}

/**
 * Removes originals that were kept long enough after the last successful embedding of their voice, with their analysis
 * tracks. A voice in processing, or whose last embedding failed, keeps its original. Samples and embeddings stay.
 *
 * @param keepDays for partners that have no time of their own; null: such originals are kept
 * @returns how many were removed; fewer than {@link originalsAtATime} when none is left
 */
async function removeSomeOriginals(tx: Transaction, keepDays: number | null): Promise<number> {
  const removed = await rowsOf<Removed>(
    tx,
    `UPDATE voices SET original_key = NULL, original_bytes = NULL, analysis_key = NULL, analysis_bytes = NULL,
       original_filename = NULL, original_uploaded_name = NULL, original_removed_at = now(), updated_at = now()
     FROM (
       SELECT v.id, v.original_key, v.analysis_key
       FROM partners p JOIN voices v ON v.partner_id = p.id
         JOIN embeddings e ON e.voice_id = v.id AND e.tts_type = v.embedding_type
       WHERE v.original_key IS NOT NULL AND v.embedding_status = 'completed' AND v.splitting_status <> 'in_progress'
         AND e.last_update_status = 'success'
         AND e.last_update_time <= now() - make_interval(days => coalesce(p.keep_originals_days, $1::int))
       LIMIT ${originalsAtATime} FOR UPDATE OF v SKIP LOCKED
     ) aged
     WHERE voices.id = aged.id
     RETURNING voices.id, voices.partner_id AS "partnerId", aged.original_key AS "originalKey",
       aged.analysis_key AS "analysisKey"`,
    [keepDays],
  );
  const files = removed.flatMap(({ originalKey, analysisKey }) => [
    originalKey,
    ...(analysisKey === null ? [] : [analysisKey]),
  ]);
  await removeObjects(tx, files, keepReplacedSeconds);
  await emitEvents(tx, { type: 'voice.updated', voiceIds: removed.map(({ id }) => id) });
  for (const { id: voiceId, partnerId } of removed) {
    await recordChange(tx, { action: 'voice.remove-original', partnerId, voiceId });
  }
  return removed.length;
}

/** Removes all originals that were kept long enough. May run twice: the second run finds none. */
export async function removeAgedOriginals(database: Database, keepDays: number | null): Promise<void> {
  for (let count = originalsAtATime; count === originalsAtATime;) {
    count = await database.transaction((tx) => removeSomeOriginals(tx, keepDays));
  }
}
