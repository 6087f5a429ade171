import { Injectable } from '@nestjs/common';
import { Database, rowsOf, WebhookEntity, type Transaction } from '#libs/database';
import { AppError } from '#libs/errors';

/** A webhook, without its secrets. */
export type WebhookInfo = Readonly<
  Pick<
    WebhookEntity,
    | 'id'
    | 'partnerId'
    | 'url'
    | 'events'
    | 'description'
    | 'enabled'
    | 'disabledReason'
    | 'failingSince'
    | 'createdAt'
    | 'updatedAt'
  >
>;

const columns = `id, partner_id AS "partnerId", url, events, description, enabled, disabled_reason AS "disabledReason",
  failing_since AS "failingSince", created_at AS "createdAt", updated_at AS "updatedAt"`;

/** For how long the secret before the last rotation also signs. */
const previousSecretHours = 24;

/** The table `webhooks`. */
@Injectable()
export class WebhooksRepository {
  constructor(private readonly database: Database) {}

  /** Returns the webhooks of a partner, oldest first. */
  list(partnerId: string): Promise<WebhookInfo[]> {
    return this.database.query<WebhookInfo>(
      `SELECT ${columns} FROM webhooks WHERE partner_id = $1 ORDER BY created_at, id`,
      [partnerId],
    );
  }

  async find(partnerId: string, id: string): Promise<WebhookInfo | null> {
    const [row] = await this.database.query<WebhookInfo>(
      `SELECT ${columns} FROM webhooks WHERE partner_id = $1 AND id = $2`,
      [partnerId, id],
    );
    return row ?? null;
  }

  /** Locks the partner, so that concurrent requests create its webhooks one after the other. @returns how many it has */
  async countForInsert(tx: Transaction, partnerId: string): Promise<number> {
    await rowsOf(tx, 'SELECT FROM partners WHERE id = $1 FOR NO KEY UPDATE', [partnerId]);
    return tx.countBy(WebhookEntity, { partnerId });
  }

  async insert(
    tx: Transaction,
    webhook: Pick<WebhookEntity, 'id' | 'partnerId' | 'url' | 'events' | 'description' | 'secret'>,
  ): Promise<WebhookInfo> {
    await tx.insert(WebhookEntity, webhook);
    return tx.findOneByOrFail(WebhookEntity, { id: webhook.id });
  }

  async update(
    tx: Transaction,
    id: string,
    changes: Partial<
      Pick<WebhookEntity, 'url' | 'events' | 'description' | 'enabled' | 'disabledReason' | 'failingSince'>
    >,
  ): Promise<WebhookInfo> {
    await tx.update(WebhookEntity, { id }, { ...changes, updatedAt: () => 'now()' });
    return tx.findOneByOrFail(WebhookEntity, { id });
  }

  /** Replaces the secret. The old one signs too for a day. */
  async replaceSecret(tx: Transaction, id: string, secret: string): Promise<void> {
    await rowsOf(
      tx,
      `UPDATE webhooks SET previous_secret = secret, secret = $2, updated_at = now(),
         previous_secret_until = now() + make_interval(hours => $3)
       WHERE id = $1`,
      [id, secret, previousSecretHours],
    );
  }

  /** Deletes a webhook. Postgres deletes its deliveries with it. */
  async delete(tx: Transaction, id: string): Promise<void> {
    await tx.delete(WebhookEntity, { id });
  }
}

/**
 * Changes a webhook or its deliveries in one transaction, which holds the row of the webhook from its start. So a webhook
 * is not disabled while messages are added to it, and changes cannot deadlock.
 *
 * @throws AppError `webhook_not_found`
 */
export function changeWebhook<T>(
  database: Database,
  partnerId: string,
  id: string,
  work: (tx: Transaction, webhook: WebhookInfo) => Promise<T>,
): Promise<T> {
  return database.transaction(async (tx) => {
    const [webhook] = await rowsOf<WebhookInfo>(
      tx,
      `SELECT ${columns} FROM webhooks WHERE partner_id = $1 AND id = $2 FOR NO KEY UPDATE`,
      [partnerId, id],
    );
    if (webhook === undefined) throw AppError.of('webhook_not_found');
    return work(tx, webhook);
  });
}
