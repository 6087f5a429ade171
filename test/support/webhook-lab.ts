import { pino } from 'pino';
import { Webhook } from 'standardwebhooks';
import { DatabaseClock } from '#libs/database';
import { Metrics } from '#libs/metrics';
import { VoicesService } from '#libs/voices';
import { Deliverer, DeliveriesService, fanOut, webhookEventTypes, WebhooksService } from '#libs/webhooks';
import type { DeliveryInfo } from '../../libs/webhooks/src/delivery-rows.js';
import type { WebhookEventType } from '../../libs/webhooks/src/message.js';
import { claimDeliveries, type ClaimedDelivery } from '../../libs/webhooks/src/sending/claim-deliveries.js';
import { systemResolver } from '../../libs/webhooks/src/sending/resolve-host.js';
import { WebhookSender } from '../../libs/webhooks/src/sending/webhook-sender.js';
import { WebhooksRepository } from '../../libs/webhooks/src/webhooks.repository.js';
import { Domain, required } from './domain.js';
import { Endpoint, type ReceivedRequest } from './endpoint.js';

export interface MadeWebhook {
  readonly partnerId: string;
  readonly id: string;
  readonly secret: string;
}

/** The JSON of a message. */
export interface Message {
  readonly type: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Parses a message as a receiver does. @throws WebhookVerificationError for another secret */
export function verified(request: ReceivedRequest | undefined, secret: string): Message {
  const { body, headers } = required(request);
  return new Webhook(secret).verify(body, headers as Record<string, string>) as Message;
}

/** Webhooks on a database of their own, with an endpoint that receives their messages. */
export class WebhookLab {
  readonly webhooks: WebhooksService;
  readonly deliveries: DeliveriesService;

  private constructor(
    readonly domain: Domain,
    readonly endpoint: Endpoint,
  ) {
    const { database } = domain;
    const config = { webhookAllowPrivate: 'true' } as const;
    this.webhooks = new WebhooksService(database, new WebhooksRepository(database), config);
    this.deliveries = new DeliveriesService(database, domain.get(DatabaseClock));
  }

  static async open(): Promise<WebhookLab> {
    return new WebhookLab(await Domain.open(), await Endpoint.start());
  }

  async close(): Promise<void> {
    await this.endpoint.stop();
    await this.domain.close();
  }

  /** Forgets all webhooks, and what the endpoint has received. */
  async clear(): Promise<void> {
    this.endpoint.requests.length = 0;
    this.endpoint.replies = () => ({ status: 204 });
    await this.domain.database.query('DELETE FROM webhooks');
  }

  worker(): Deliverer {
    const { domain } = this;
    const sender = new WebhookSender({ resolveHost: systemResolver, allowPrivate: true, timeoutMs: 60_000 });
    const [config, logger] = [{ shutdownGraceSeconds: 0.05 }, pino({ level: 'silent' })];
    return new Deliverer(sender, domain.database, domain.get(DatabaseClock), new Metrics('worker'), config, logger);
  }

  /** Attempts everything that is due, as a worker does, and waits for the outcomes. */
  async deliver(): Promise<void> {
    const deliverer = this.worker();
    await deliverer.deliverDue();
    await deliverer.settled();
  }

  async newWebhook(more: { events?: readonly WebhookEventType[]; partnerId?: string } = {}): Promise<MadeWebhook> {
    const partnerId = more.partnerId ?? (await this.domain.partner());
    const wanted = { url: this.endpoint.url, events: more.events ?? webhookEventTypes, description: null };
    const { webhook, secret } = await this.webhooks.create(partnerId, wanted);
    return { partnerId, id: webhook.id, secret };
  }

  /** Deletes a new voice of a partner, which is an event. @returns its id */
  async deletedVoice(partnerId: string): Promise<string> {
    const voiceId = await this.domain.emptyVoice(partnerId);
    await this.domain.get(VoicesService).remove(voiceId);
    return voiceId;
  }

  /** A webhook with one message that waits. */
  async waiting(): Promise<MadeWebhook & { readonly deliveryId: string }> {
    const made = await this.newWebhook();
    await this.deletedVoice(made.partnerId);
    await fanOut(this.domain.database);
    return { ...made, deliveryId: (await this.newest(made)).id };
  }

  /** The deliveries of a webhook, newest first. */
  listed({ id }: Pick<MadeWebhook, 'id'>): Promise<DeliveryInfo[]> {
    return this.deliveries.list(id, { before: null, limit: 100 });
  }

  async newest(made: Pick<MadeWebhook, 'id'>): Promise<DeliveryInfo> {
    return required((await this.listed(made))[0]);
  }

  /** Makes a delivery due, as the end of its delay does. */
  async makeDue(id: string): Promise<void> {
    await this.domain.database.query('UPDATE webhook_deliveries SET due_at = now() WHERE id = $1', [id]);
  }

  async claimOne(busy = new Map<string, number>()): Promise<ClaimedDelivery | undefined> {
    const options = { busy, perPartner: 8, limit: 1, leaseSeconds: 30 };
    return (await claimDeliveries(this.domain.database, options))[0];
  }
}
