import { rowsOf, type Transaction } from '#libs/database';
import { emitEvents } from '#libs/events';
import { cancelGpuJobs } from '#libs/jobs';
import { eraseVoiceObjects, removeObjects } from '#libs/retention';

/** Deletes voices whose rows are locked, with everything that belongs to them. GPU jobs of theirs are cancelled. */
export async function deleteVoices(tx: Transaction, voiceIds: readonly string[]): Promise<void> {
  await cancelGpuJobs(tx, voiceIds);
  await eraseVoiceObjects(tx, voiceIds);
  await emitEvents(tx, { type: 'voice.deleted', voiceIds });
  await rowsOf(tx, 'DELETE FROM voices WHERE id = ANY($1)', [voiceIds]);
}

/**
 * Deletes up to `limit` voices of a partner, locked ones included.
 *
 * Rows are taken in an order that concurrent erasures share, so that they cannot deadlock.
 *
 * @returns how many were deleted; fewer than `limit` when none is left
 */
export async function deletePartnerVoices(tx: Transaction, partnerId: string, limit: number): Promise<number> {
  const voices = await rowsOf<{ id: string }>(
    tx,
    'SELECT id FROM voices WHERE partner_id = $1 ORDER BY id LIMIT $2 FOR UPDATE',
    [partnerId, limit],
  );
  await deleteVoices(
    tx,
    voices.map(({ id }) => id),
  );
  return voices.length;
}

/** Removes uploads that were kept for another try of a failed first split, once their time is over. */
export async function removeExpiredUploads(tx: Transaction): Promise<void> {
  const expired = await rowsOf<{ id: string; uploadKey: string }>(
    tx,
    `UPDATE voices SET upload_key = NULL, upload_bytes = NULL, upload_kept_until = NULL, original_filename = NULL,
       original_uploaded_name = NULL, original_duration_seconds = NULL, updated_at = now()
     FROM (
       SELECT id, upload_key FROM voices
       WHERE upload_kept_until < now() AND splitting_status = 'failed' AND upload_key IS NOT NULL
       FOR UPDATE SKIP LOCKED
     ) expired
     WHERE voices.id = expired.id RETURNING voices.id, expired.upload_key AS "uploadKey"`,
    [],
  );
  await emitEvents(tx, { type: 'voice.updated', voiceIds: expired.map(({ id }) => id) });
  await removeObjects(
    tx,
    expired.map(({ uploadKey }) => uploadKey),
    0,
  );
}
