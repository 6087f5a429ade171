import { randomUUID } from 'node:crypto';
import { rowsOf, WebhookDeliveryEntity, type Transaction } from '#libs/database';
import type { MessageType } from './message.js';

/** A delivery as partners see it. */
export type DeliveryInfo = Readonly<
  Pick<
    WebhookDeliveryEntity,
    | 'id'
    | 'type'
    | 'payload'
    | 'status'
    | 'attempts'
    | 'responseStatus'
    | 'responseBody'
    | 'error'
    | 'createdAt'
    | 'attemptedAt'
    | 'finishedAt'
  > & {
    /** When the next attempt is due; null if there is none. */
    readonly nextAttemptAt: Date | null;
  }
>;

export const deliveryColumns = `id, type, payload, status, attempts, response_status AS "responseStatus",
  response_body AS "responseBody", error, created_at AS "createdAt", attempted_at AS "attemptedAt",
  finished_at AS "finishedAt", CASE WHEN status = 'pending' THEN due_at END AS "nextAttemptAt"`;

export interface NewDelivery {
  readonly webhookId: string;
  readonly type: MessageType;
  readonly payload: string;
  /** The time of its event. Orders the list of deliveries. */
  readonly createdAt: Date;
}

/** Rows per INSERT. Postgres accepts 65,535 parameters. */
const insertsAtATime = 1_000;

/** Stores messages that are due at once. */
export async function insertDeliveries(
  tx: Transaction,
  deliveries: readonly NewDelivery[],
): Promise<readonly string[]> {
  const rows = deliveries.map((delivery) => ({ id: randomUUID(), ...delivery }));
  for (let at = 0; at < rows.length; at += insertsAtATime) {
    await tx.insert(WebhookDeliveryEntity, rows.slice(at, at + insertsAtATime));
  }
  return rows.map(({ id }) => id);
}

/** Returns one delivery of a webhook, or null. */
export async function findDelivery(tx: Transaction, webhookId: string, id: string): Promise<DeliveryInfo | null> {
  const [row] = await rowsOf<DeliveryInfo>(
    tx,
    `SELECT ${deliveryColumns} FROM webhook_deliveries WHERE webhook_id = $1 AND id = $2`,
    [webhookId, id],
  );
  return row ?? null;
}

/** Makes a delivery due now, with all of its attempts before it. An attempt that is under way is not disturbed. */
export async function resendDelivery(tx: Transaction, id: string): Promise<void> {
  await rowsOf(
    tx,
    `UPDATE webhook_deliveries SET status = 'pending', failures = 0, due_at = now(), finished_at = NULL WHERE id = $1`,
    [id],
  );
}

/** Fails what waits for a webhook that was disabled. */
export async function failPending(tx: Transaction, webhookId: string): Promise<void> {
  await rowsOf(
    tx,
    `UPDATE webhook_deliveries SET status = 'failed', finished_at = now(), leased_until = NULL,
       error = 'The webhook was disabled'
     WHERE webhook_id = $1 AND status = 'pending'`,
    [webhookId],
  );
}

/** For how long the outcome of a delivery is kept, and can be resent. */
const keptDays = 7;

/** Deletes deliveries that ended days ago. May run twice: the second run deletes nothing. */
export async function forgetDeliveries(tx: Transaction): Promise<void> {
  await rowsOf(tx, `DELETE FROM webhook_deliveries WHERE finished_at < now() - make_interval(days => $1)`, [keptDays]);
}
