/** The events that a webhook can be sent. */
export const webhookEventTypes = [
  'voice.split.completed',
  'voice.split.failed',
  'voice.embedding.completed',
  'voice.embedding.failed',
  'voice.deleted',
] as const;

export type WebhookEventType = (typeof webhookEventTypes)[number];

/** The message of `POST …/test`. */
export const testType = 'webhook.test';

export type MessageType = WebhookEventType | typeof testType;

/** Whether an event is one that webhooks are sent. */
export const isWebhookEventType = (type: string): type is WebhookEventType =>
  webhookEventTypes.some((each) => each === type);

/**
 * Returns the JSON that is sent: `{type, timestamp, data}`, as Standard Webhooks recommends
 * (github.com/standard-webhooks/standard-webhooks, "Payload structure").
 *
 * @param at when it happened, in milliseconds, so that receivers can order the events of a voice
 */
export function messageText(type: MessageType, at: Date, data: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ type, timestamp: at.toISOString(), data });
}
