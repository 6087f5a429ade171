import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { webhookEventTypes, type DeliveryInfo, type WebhookInfo } from '#libs/webhooks';
import { contractTime, contractTimeOrNull, timeOrNullSchema, timeSchema } from '../http/wire-format.js';

export const exampleWebhookId = '0b2e5f6a-6c1d-4f7e-9d53-2a7f0c9b8e11';
export const exampleDeliveryId = '7d9c1f3e-52aa-4f0b-8a51-3c2e6b9f4d20';

/** Describes the types of events by themselves. */
export const eventTypeSchema = { description: 'A type of event that a webhook can be sent.' };

@ApiSchema({ name: 'Webhook' })
export class WebhookDto {
  @ApiProperty({ type: String, format: 'uuid', description: 'Id of the webhook.', example: exampleWebhookId })
  readonly id: string;

  @ApiProperty({
    type: String,
    format: 'uri',
    description: 'URL that is sent the events.',
    example: 'https://example.com/timbre-events',
  })
  readonly url: string;

  @ApiProperty({
    enum: webhookEventTypes,
    enumName: 'WebhookEventType',
    enumSchema: eventTypeSchema,
    isArray: true,
    description: 'Types of events that are sent.',
    example: webhookEventTypes,
  })
  readonly events: readonly string[];

  @ApiProperty({ type: String, nullable: true, description: 'What the webhook is for.', example: 'production' })
  readonly description: string | null;

  @ApiProperty({ type: Boolean, description: 'Whether events are sent.', example: true })
  readonly enabled: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why Timbre has disabled it, in one sentence; null if it has not.',
    example: null,
  })
  readonly disabled_reason: string | null;

  @ApiProperty({
    ...timeOrNullSchema,
    description: 'First failed attempt after the last successful one; null if the last one was successful.',
    example: null,
  })
  readonly failing_since: string | null;

  @ApiProperty({ ...timeSchema, description: 'When it was created.' })
  readonly created_at: string;

  @ApiProperty({ ...timeSchema, description: 'When it was last changed.' })
  readonly updated_at: string;
}

@ApiSchema({ name: 'WebhookWithSecret' })
export class WebhookWithSecretDto extends WebhookDto {
  @ApiProperty({
    type: String,
    description: 'Secret that signs the messages. Store it now: it is never shown again.',
    example: 'whsec_…',
  })
  readonly secret: string;
}

@ApiSchema({ name: 'WebhookMessage' })
export class WebhookMessageDto {
  @ApiProperty({
    type: String,
    description: 'Type of the event, or `webhook.test`.',
    example: 'voice.embedding.completed',
  })
  readonly type: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When it happened, in milliseconds. Orders the events of a voice.',
    example: '2025-01-15T10:30:00.123Z',
  })
  readonly timestamp: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'What happened. Fields may be added.',
    example: {
      voice_id: '9b2d6c1e-0f4a-4d0e-8a55-0a1b2c3d4e5f',
      name: 'speaker-1',
      partner: 'demo',
      tts_type: 'kyutai',
    },
  })
  readonly data: Readonly<Record<string, unknown>>;
}

const statuses = ['pending', 'delivered', 'failed'] as const satisfies readonly DeliveryInfo['status'][];

@ApiSchema({ name: 'WebhookDelivery' })
export class WebhookDeliveryDto {
  @ApiProperty({
    type: String,
    format: 'uuid',
    description: 'Id of the delivery. Its requests have it as `webhook-id`.',
    example: exampleDeliveryId,
  })
  readonly id: string;

  @ApiProperty({
    enum: statuses,
    enumName: 'WebhookDeliveryStatus',
    enumSchema: { description: 'Where a message to a webhook is: it waits, or has ended.' },
    description: 'Whether the message was delivered. `failed`: it is not sent again.',
    example: 'delivered',
  })
  readonly status: DeliveryInfo['status'];

  @ApiProperty({ type: WebhookMessageDto, description: 'Message that is sent.' })
  readonly message: WebhookMessageDto;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'Attempts that have started.', example: 1 })
  readonly attempts: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Status of the last answer; null if there was none.',
    example: 200,
  })
  readonly response_status: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'First 1,000 bytes of the last answer; null if there was none.',
    example: 'ok',
  })
  readonly response_body: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why the last attempt failed, in one sentence; null if it did not.',
    example: null,
  })
  readonly error: string | null;

  @ApiProperty({ ...timeSchema, description: 'When the event happened, or the test was requested.' })
  readonly created_at: string;

  @ApiProperty({ ...timeOrNullSchema, description: 'When the last attempt started; null before the first one.' })
  readonly attempted_at: string | null;

  @ApiProperty({
    ...timeOrNullSchema,
    description: 'When the next attempt is due; null if there is none.',
    example: null,
  })
  readonly next_attempt_at: string | null;

  @ApiProperty({ ...timeOrNullSchema, description: 'When it was delivered or failed; null while it is pending.' })
  readonly finished_at: string | null;
}

export function webhookDto(webhook: WebhookInfo): WebhookDto {
  return {
    id: webhook.id,
    url: webhook.url,
    events: webhook.events,
    description: webhook.description,
    enabled: webhook.enabled,
    disabled_reason: webhook.disabledReason,
    failing_since: contractTimeOrNull(webhook.failingSince),
    created_at: contractTime(webhook.createdAt),
    updated_at: contractTime(webhook.updatedAt),
  };
}

export function deliveryDto(delivery: DeliveryInfo): WebhookDeliveryDto {
  return {
    id: delivery.id,
    status: delivery.status,
    message: JSON.parse(delivery.payload) as WebhookMessageDto,
    attempts: delivery.attempts,
    response_status: delivery.responseStatus,
    response_body: delivery.responseBody,
    error: delivery.error,
    created_at: contractTime(delivery.createdAt),
    attempted_at: contractTimeOrNull(delivery.attemptedAt),
    next_attempt_at: contractTimeOrNull(delivery.nextAttemptAt),
    finished_at: contractTimeOrNull(delivery.finishedAt),
  };
}
