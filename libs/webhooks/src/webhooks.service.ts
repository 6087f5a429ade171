import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { recordChange, type ChangeAction } from '#libs/audit';
import { CONFIG, type Config } from '#libs/config';
import { Database, type Transaction } from '#libs/database';
import { AppError } from '#libs/errors';
import { failPending } from './delivery-rows.js';
import type { WebhookEventType } from './message.js';
import { mintSecret } from './webhook-secret.js';
import { parseWebhookUrl } from './webhook-url.js';
import { changeWebhook, WebhooksRepository, type WebhookInfo } from './webhooks.repository.js';

/** Webhooks of a partner. Each event makes a delivery for each of them. */
const maxWebhooks = 20;

/** What a client says about a new webhook. */
export interface NewWebhook {
  readonly url: string;
  readonly events: readonly WebhookEventType[];
  readonly description: string | null;
}

/** What a client changes. Fields that are absent stay. */
export interface WebhookChanges {
  readonly url?: string | undefined;
  readonly events?: readonly WebhookEventType[] | undefined;
  readonly description?: string | null | undefined;
  readonly enabled?: boolean | undefined;
}

/** A webhook with the secret, which is shown only now. */
export interface WebhookWithSecret {
  readonly webhook: WebhookInfo;
  readonly secret: string;
}

/** Webhooks, as partners manage them. */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly database: Database,
    private readonly webhooks: WebhooksRepository,
    @Inject(CONFIG) private readonly config: Pick<Config, 'webhookAllowPrivate'>,
  ) {}

  list(partnerId: string): Promise<WebhookInfo[]> {
    return this.webhooks.list(partnerId);
  }

  /** @throws AppError `webhook_not_found` */
  async find(partnerId: string, id: string): Promise<WebhookInfo> {
    const webhook = await this.webhooks.find(partnerId, id);
    if (webhook === null) throw AppError.of('webhook_not_found');
    return webhook;
  }

  /** @throws AppError `invalid_parameter` | `too_many_webhooks` */
  async create(partnerId: string, { url, events, description }: NewWebhook): Promise<WebhookWithSecret> {
    const secret = mintSecret();
    const row = { id: randomUUID(), partnerId, url: this.checkedUrl(url), events: [...events], description, secret };
    return this.database.transaction(async (tx) => {
      if ((await this.webhooks.countForInsert(tx, partnerId)) >= maxWebhooks) throw AppError.of('too_many_webhooks');
      const webhook = await this.webhooks.insert(tx, row);
      await recordWebhook(tx, 'webhook.create', webhook);
      return { webhook, secret };
    });
  }

  /**
   * Changes a webhook. Enabling it forgets its failures. Disabling it fails what waits for it.
   *
   * @throws AppError `webhook_not_found` | `invalid_parameter`
   */
  async update(partnerId: string, id: string, changes: WebhookChanges): Promise<WebhookInfo> {
    const { url, events, description, enabled } = changes;
    const fields = {
      ...(url !== undefined && { url: this.checkedUrl(url) }),
      ...(events !== undefined && { events: [...events] }),
      ...(description !== undefined && { description }),
    };
    return changeWebhook(this.database, partnerId, id, async (tx, webhook) => {
      const isSwitched = enabled !== undefined && enabled !== webhook.enabled;
      const switched = { enabled: !webhook.enabled, disabledReason: null, failingSince: null };
      const changed = await this.webhooks.update(tx, id, { ...fields, ...(isSwitched && switched) });
      if (!changed.enabled) await failPending(tx, id);
      await recordWebhook(tx, 'webhook.update', changed);
      return changed;
    });
  }

  /** Deletes a webhook with its deliveries. @throws AppError `webhook_not_found` */
  remove(partnerId: string, id: string): Promise<void> {
    return changeWebhook(this.database, partnerId, id, async (tx, webhook) => {
      await recordWebhook(tx, 'webhook.delete', webhook);
      await this.webhooks.delete(tx, id);
    });
  }

  /** Replaces the secret. The old one also signs for 24 hours. @throws AppError `webhook_not_found` */
  rotateSecret(partnerId: string, id: string): Promise<WebhookWithSecret> {
    const secret = mintSecret();
    return changeWebhook(this.database, partnerId, id, async (tx, webhook) => {
      await this.webhooks.replaceSecret(tx, id, secret);
      await recordWebhook(tx, 'webhook.rotate-secret', webhook);
      return { webhook, secret };
    });
  }

  private checkedUrl(url: string): string {
    return parseWebhookUrl(url, { allowPrivate: this.config.webhookAllowPrivate === 'true' });
  }
}

type WebhookAction = Extract<ChangeAction, `webhook.${string}`>;

/** Records a change. Of the URL only the host, because its path may be a secret of the receiver. */
export async function recordWebhook(tx: Transaction, action: WebhookAction, webhook: WebhookInfo): Promise<void> {
  const details = { webhook: webhook.id, host: new URL(webhook.url).host };
  await recordChange(tx, { action, partnerId: webhook.partnerId, details });
}
