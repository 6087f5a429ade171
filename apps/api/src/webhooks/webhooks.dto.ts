import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import { ValidateBy } from 'class-validator';
import { webhookEventTypes, type WebhookEventType } from '#libs/webhooks';
import { IfGiven, listInField, OptionalFlag, OptionalText, ParseText, RequiredText } from '../body/field-rules.js';
import { ClearableText } from '../body/voice-rules.js';
import { PageQuery } from '../http/links.js';
import { eventTypeSchema } from './webhooks.answers.js';

const maxUrlLength = 2_000;
const maxDescriptionLength = 255;

const urlDocs = {
  description: `URL that is sent the events (\`https://\`, or \`http://\` where nobody can listen; up to ${maxUrlLength} characters).`,
  example: 'https://example.com/timbre-events',
};

/**
 * A list of event types. JSON has an array; a form repeats the field, or has the array as JSON, as some generated clients
 * send it. In a form, a single type may stand without a list.
 */
function OptionalEvents(description: string): PropertyDecorator {
  const known: readonly unknown[] = webhookEventTypes;
  const areEvents = {
    name: 'areEvents',
    validator: {
      validate: (value: unknown) =>
        Array.isArray(value) && value.length > 0 && value.every((each: unknown) => known.includes(each)),
      defaultMessage: () => `events must be one or more of ${webhookEventTypes.join(', ')}`,
    },
  };
  return applyDecorators(
    Transform(({ value }: TransformFnParams) => once(value)),
    ParseText((text) => (text === '' ? text : listInField(text))),
    IfGiven(),
    ValidateBy(areEvents),
    ApiProperty({
      enum: webhookEventTypes,
      enumName: 'WebhookEventType',
      enumSchema: eventTypeSchema,
      isArray: true,
      minItems: 1,
      uniqueItems: true,
      description,
      example: ['voice.embedding.completed', 'voice.embedding.failed'],
      required: false,
    }),
  );
}

/** Returns the values of a list once each. */
const once = (list: unknown): unknown => (Array.isArray(list) ? [...new Set<unknown>(list)] : list);

@ApiSchema({ name: 'CreateWebhookFields' })
export class CreateWebhookDto {
  @RequiredText(maxUrlLength, urlDocs)
  url: string;

  @OptionalEvents('Types of events to send. All if omitted.')
  events?: WebhookEventType[];

  @OptionalText(maxDescriptionLength, { description: 'What the webhook is for.', example: 'production' })
  description?: string;
}

@ApiSchema({ name: 'UpdateWebhookFields' })
export class UpdateWebhookDto {
  @ApiProperty({ required: false })
  @IfGiven()
  @RequiredText(maxUrlLength, urlDocs)
  url?: string;

  @OptionalEvents('Types of events to send.')
  events?: WebhookEventType[];

  @ClearableText(maxDescriptionLength, { description: 'What the webhook is for.', example: 'production' })
  description?: string | null;

  @OptionalFlag({
    description: 'Whether events are sent. `true` enables a webhook again that was disabled because it failed.',
  })
  enabled?: boolean;
}

export class ListDeliveriesQuery extends PageQuery {}
