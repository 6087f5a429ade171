import { Injectable } from '@nestjs/common';
import { Database, DatabaseClock, type Transaction } from '#libs/database';
import { AppError } from '#libs/errors';
import { deliveryColumns, findDelivery, insertDeliveries, resendDelivery, type DeliveryInfo } from './delivery-rows.js';
import { messageText, testType } from './message.js';
import { changeWebhook } from './webhooks.repository.js';
import { recordWebhook } from './webhooks.service.js';

/** A page of deliveries, newest first. */
export interface DeliveriesPage {
  /** Only deliveries older than the one with this id. */
  readonly before: string | null;
  readonly limit: number;
}

/** What was sent to webhooks, as partners see it. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly database: Database,
    private readonly clock: DatabaseClock,
  ) {}

  /** Returns the deliveries of a webhook, newest first. */
  list(webhookId: string, { before, limit }: DeliveriesPage): Promise<DeliveryInfo[]> {
    return this.database.query<DeliveryInfo>(
      `SELECT ${deliveryColumns} FROM webhook_deliveries
       WHERE webhook_id = $1 AND ($2::uuid IS NULL
         OR (created_at, id) < (SELECT created_at, id FROM webhook_deliveries WHERE id = $2))
       ORDER BY created_at DESC, id DESC LIMIT $3`,
      [webhookId, before, limit],
    );
  }

  /**
   * Sends a message that is no event. It has one attempt.
   *
   * @throws AppError `webhook_not_found` | `webhook_disabled`
   */
  sendTest(partner: { readonly id: string; readonly name: string }, webhookId: string): Promise<DeliveryInfo> {
    return changeWebhook(this.database, partner.id, webhookId, async (tx, webhook) => {
      if (!webhook.enabled) throw AppError.of('webhook_disabled');
      const data = { webhook_id: webhook.id, partner: partner.name };
      const createdAt = new Date(this.clock.now());
      const payload = messageText(testType, createdAt, data);
      const [id = ''] = await insertDeliveries(tx, [{ webhookId, type: testType, payload, createdAt }]);
      await recordWebhook(tx, 'webhook.test', webhook);
      return requiredDelivery(tx, webhookId, id);
    });
  }

  /**
   * Sends a message again, with all attempts, whether it was delivered or not.
   *
   * @throws AppError `webhook_not_found` | `webhook_disabled` | `delivery_not_found`
   */
  resend(partnerId: string, webhookId: string, id: string): Promise<DeliveryInfo> {
    return changeWebhook(this.database, partnerId, webhookId, async (tx, webhook) => {
      await requiredDelivery(tx, webhookId, id);
      if (!webhook.enabled) throw AppError.of('webhook_disabled');
      await resendDelivery(tx, id);
      await recordWebhook(tx, 'webhook.resend', webhook);
      return requiredDelivery(tx, webhookId, id);
    });
  }
}

async function requiredDelivery(tx: Transaction, webhookId: string, id: string): Promise<DeliveryInfo> {
  const delivery = await findDelivery(tx, webhookId, id);
  if (delivery === null) throw AppError.of('delivery_not_found');
  return delivery;
}
