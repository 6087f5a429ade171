import { rowsOf, type Transaction } from '#libs/database';
import { currentActor } from './actor.js';

/** Everything a request can change. */
export type ChangeAction =
  | 'voice.create'
  | 'voice.rename'
  | 'voice.delete'
  | 'voice.split'
  | 'voice.embed'
  | 'voice.prefer-sample'
  | 'sample.add'
  | 'sample.delete'
  | 'test-files.delete'
  | 'key.create'
  | 'key.revoke'
  | 'partner.delete'
  | 'job.cancel';

export interface Change {
  readonly action: ChangeAction;
  readonly partnerId: string;
  readonly voiceId?: string;
  /** What else tells the change, without secrets: the new name, the key's id. */
  readonly details?: Readonly<Record<string, string | number | null>>;
}

/**
 * Notes a change in the transaction that makes it: the log has what happened, and nothing else.
 *
 * Partner and voice are noted by name too, as they are called at this moment: before a rename or a deletion.
 */
export async function recordChange(tx: Transaction, change: Change): Promise<void> {
  const actor = currentActor();
  await rowsOf(
    tx,
    `INSERT INTO audit_log (actor, key_id, request_id, action, partner_id, partner, voice_id, voice, details)
     VALUES ($1, $2, $3, $4, $5::uuid, (SELECT name FROM partners WHERE id = $5::uuid),
       $6::uuid, (SELECT name FROM voices WHERE id = $6::uuid), $7)`,
    [
      actor.kind,
      actor.keyId,
      actor.requestId,
      change.action,
      change.partnerId,
      change.voiceId ?? null,
      JSON.stringify(change.details ?? {}),
    ],
  );
}
