import { applyDecorators, ParseUUIDPipe } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { AppError } from '#libs/errors';
import { PartnerParameter } from '../openapi/parameters.js';
import { exampleDeliveryId, exampleWebhookId } from './webhooks.answers.js';

export const WebhookIdPipe = new ParseUUIDPipe({ exceptionFactory: () => AppError.of('webhook_not_found') });
export const DeliveryIdPipe = new ParseUUIDPipe({ exceptionFactory: () => AppError.of('delivery_not_found') });

/** Documents `{partner}/{id}` in a path. */
export const WebhookParameter = (): MethodDecorator =>
  applyDecorators(
    PartnerParameter(),
    ApiParam({
      name: 'id',
      description: 'Id of the webhook.',
      schema: { type: 'string', format: 'uuid', example: exampleWebhookId },
    }),
  );

/** Documents `{delivery}` in a path. */
export const DeliveryParameter = (): MethodDecorator =>
  ApiParam({
    name: 'delivery',
    description: 'Id of the delivery, as the list of deliveries gives it.',
    schema: { type: 'string', format: 'uuid', example: exampleDeliveryId },
  });
