import { rowsOf, type Database, type EventEntity, type Transaction } from '#libs/database';
import type { VoiceEventType } from './emit-event.js';

/** An event with the names of partner and voice at its time. */
export type VoiceEvent = Readonly<
  Pick<EventEntity, 'id' | 'partnerId' | 'partner' | 'voiceId' | 'voice' | 'data' | 'at'>
> & {
  readonly type: VoiceEventType;
};

/** Days for which events are kept: a client may return with its `Last-Event-ID` after a weekend. */
export const keepDays = 3;

/** Rows of one DELETE: more could exceed the time limit of a statement. */
const rowsAtATime = 10_000;

/**
 * Takes events for which no webhook deliveries were made yet, oldest first, and marks them. Make the deliveries in the same
 * transaction: then each event has its deliveries exactly once. Concurrent callers take different events.
 */
export function takeNewEvents(tx: Transaction, limit: number): Promise<VoiceEvent[]> {
  return rowsOf<VoiceEvent>(
    tx,
    `WITH taken AS (
       UPDATE events SET fanned_out_at = clock_timestamp() WHERE id IN (
         SELECT id FROM events WHERE fanned_out_at IS NULL ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING id, type, partner_id AS "partnerId", partner, voice_id AS "voiceId", voice, data, at
     ) SELECT * FROM taken ORDER BY id`,
    [limit],
  );
}

/** Deletes old events. May run twice: the second run deletes nothing. */
export async function forgetEvents(database: Database): Promise<void> {
  for (let deleted = rowsAtATime; deleted === rowsAtATime;) {
    const rows = await database.query(
      `DELETE FROM events WHERE id IN (SELECT id FROM events ORDER BY id LIMIT ${rowsAtATime})
         AND at < now() - make_interval(days => $1) AND fanned_out_at IS NOT NULL RETURNING id`,
      [keepDays],
    );
    deleted = rows.length;
  }
}
