/**
 * Webhooks: partners are notified of events at URLs of theirs, as Standard Webhooks defines it (standardwebhooks.com).
 *
 * - webhook: a URL of a partner, with the types of events that it is sent and a secret that signs them
 * - delivery: one message to one webhook. It is pending, delivered or failed
 * - attempt: one request of a delivery
 * - fan-out: makes the deliveries of an event, in the transaction that takes it from the outbox (libs/events)
 */
export { DeliveriesService } from './deliveries.service.js';
export { forgetDeliveries, type DeliveryInfo } from './delivery-rows.js';
export { fanOut } from './fan-out.js';
export { webhookEventTypes, type WebhookEventType } from './message.js';
export { Deliverer } from './sending/deliverer.js';
export { WebhookDeliveryModule, WebhooksModule } from './webhooks.module.js';
export type { WebhookInfo } from './webhooks.repository.js';
export { WebhooksService } from './webhooks.service.js';
