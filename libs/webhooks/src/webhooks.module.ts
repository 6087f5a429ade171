import { Module } from '@nestjs/common';
import { CONFIG, type Config } from '#libs/config';
import { DeliveriesService } from './deliveries.service.js';
import { Deliverer } from './sending/deliverer.js';
import { dnsResolver, systemResolver } from './sending/resolve-host.js';
import { WebhookSender } from './sending/webhook-sender.js';
import { WebhooksRepository } from './webhooks.repository.js';
import { WebhooksService } from './webhooks.service.js';

/** Webhooks as partners manage them. */
@Module({
  providers: [WebhooksRepository, WebhooksService, DeliveriesService],
  exports: [WebhooksService, DeliveriesService],
})
export class WebhooksModule {}

/** For an attempt. Standard Webhooks recommends 15 to 30 s; receivers that answer first and work later need less. */
const timeoutMs = 10_000;

function sender({ webhookAllowPrivate }: Pick<Config, 'webhookAllowPrivate'>): WebhookSender {
  const allowPrivate = webhookAllowPrivate === 'true';
  return new WebhookSender({ resolveHost: allowPrivate ? systemResolver : dnsResolver(), allowPrivate, timeoutMs });
}

/** Sends the messages: the part of a worker. */
@Module({
  providers: [{ provide: WebhookSender, useFactory: sender, inject: [CONFIG] }, Deliverer],
  exports: [Deliverer],
})
export class WebhookDeliveryModule {}
