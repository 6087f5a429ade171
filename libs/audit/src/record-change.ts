import { noteChange, rowsOf, type Transaction } from '#libs/database';
import { currentActor } from './actor.js';

/** All changes that a request can make. */
export type ChangeAction =
  | 'voice.create'
  | 'voice.import'
  | 'voice.rename'
  | 'voice.update'
  | 'voice.delete'
  | 'voice.cancel'
  | 'voice.split'
  | 'voice.embed'
  | 'voice.speak'
  | 'voice.prefer-sample'
  | 'voice.remove-original'
  | 'sample.add'
  | 'sample.delete'
  | 'consent.add'
  | 'consent.revoke'
  | 'test-files.delete'
  | 'embedding-run.restore'
  | 'embedding-run.delete'
  | 'key.create'
  | 'key.revoke'
  | 'partner.change'
  | 'partner.delete'
  | 'job.cancel'
  | 'recompute.start'
  | 'recompute.cancel'
  | 'webhook.create'
  | 'webhook.update'
  | 'webhook.delete'
  | 'webhook.rotate-secret'
  | 'webhook.test'
  | 'webhook.resend';

export interface Change {
  readonly action: ChangeAction;
  /** null if it concerns all partners. */
  readonly partnerId: string | null;
  readonly voiceId?: string;
  /** More about the change, without secrets: the new name, the key's id. */
  readonly details?: Readonly<Record<string, string | number | null>>;
}

/**
 * Records a change in the transaction that makes it, so that the log contains exactly what happened.
 *
 * Also records the names of partner and voice at this moment: before a rename or a deletion. If the answer to the request
 * is kept for its `Idempotency-Key`, the change is committed together with that answer.
 */
export async function recordChange(tx: Transaction, change: Change): Promise<void> {
  const actor = currentActor();
  noteChange(tx, { partnerId: change.partnerId, voiceId: change.voiceId ?? null });
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
