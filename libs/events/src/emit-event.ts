import { rowsOf, type Transaction } from '#libs/database';

/**
 * Everything that happens to a voice. `voice.updated` says that something of it may look different, and nobody needs to
 * see each one. The others are told to webhooks, each once.
 */
export type VoiceEventType =
  | 'voice.updated'
  | 'voice.split.completed'
  | 'voice.split.failed'
  | 'voice.embedding.completed'
  | 'voice.embedding.failed'
  | 'voice.deleted';

/** The channel of the NOTIFY for each event. The payload is `<type> <partner id> <voice id>`. */
export const eventsChannel = 'timbre_events';

/** The channel of the NOTIFY for progress of a voice's job, which is no event. The payload is `<partner id> <voice id>`. */
export const progressChannel = 'timbre_progress';

/** SQL that notifies of a job's progress, for a statement that has the columns of its row. */
export const notifyProgress = `pg_notify('${progressChannel}', concat_ws(' ', partner_id, voice_id))`;

interface Emitted {
  readonly type: VoiceEventType;
  /** More about the event, with names as clients read them (snake_case). */
  readonly data?: Readonly<Record<string, string | number | null>>;
}

/**
 * Writes an event in the transaction of the change, which must hold the voice's row. Emit `voice.deleted` before the row is
 * deleted.
 *
 * The event records the names of partner and voice at this moment. A transaction has one `voice.updated` of a voice at most.
 */
export function emitEvent(tx: Transaction, event: Emitted & { readonly voiceId: string }): Promise<void> {
  return emitEvents(tx, { ...event, voiceIds: [event.voiceId] });
}

/** As {@link emitEvent}, for several voices. */
export async function emitEvents(
  tx: Transaction,
  { type, voiceIds, data = {} }: Emitted & { readonly voiceIds: readonly string[] },
): Promise<void> {
  await rowsOf(
    tx,
    `WITH made AS (
       INSERT INTO events (type, partner_id, partner, voice_id, voice, data, tx, at, fanned_out_at)
       SELECT $1, p.id, p.name, v.id, v.name, $3::jsonb, pg_current_xact_id()::text::bigint, clock_timestamp(),
         CASE WHEN $1 = 'voice.updated' THEN clock_timestamp() END
       FROM voices v JOIN partners p ON p.id = v.partner_id WHERE v.id = ANY($2::uuid[])
       ON CONFLICT (voice_id, tx) WHERE type = 'voice.updated' DO NOTHING
       RETURNING type, partner_id, voice_id
     )
     SELECT pg_notify('${eventsChannel}', concat_ws(' ', type, partner_id, voice_id)) FROM made`,
    [type, voiceIds, JSON.stringify(data)],
  );
}
