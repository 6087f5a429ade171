import { Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import type { Response } from 'express';
import { DeliveriesService, WebhooksService } from '#libs/webhooks';
import { Partner } from '../access/access.decorators.js';
import { rejectionOf } from '../body/fields.pipe.js';
import { Cursors, pageOf, PublicUrls } from '../http/links.js';
import type { PartnerRef } from '../http/request-context.js';
import { Operation } from '../openapi/operation.js';
import { CursorQuery, nextPageLink } from '../openapi/parameters.js';
import { DeliveryIdPipe, DeliveryParameter, WebhookIdPipe, WebhookParameter } from './webhook-parameters.js';
import { deliveryDto, WebhookDeliveryDto } from './webhooks.answers.js';
import { ListDeliveriesQuery } from './webhooks.dto.js';

const defaultLimit = 100;

const cursors = new Cursors('w1:', (id) => isUUID(id));

@ApiTags('Webhooks')
@Controller('webhooks/:partner/:id')
export class WebhookDeliveriesController {
  constructor(
    private readonly webhooks: WebhooksService,
    private readonly deliveries: DeliveriesService,
    private readonly urls: PublicUrls,
  ) {}

  @Post('test')
  @HttpCode(202)
  @Operation({
    summary: 'Test Webhook',
    description:
      'Sends the message `webhook.test`, once and within seconds. Read its outcome from the deliveries. It does not count ' +
      'as a failure of the webhook. The request fails with 409 if the webhook is disabled.',
    failures: ['partner_not_found', 'webhook_not_found', 'webhook_disabled'],
  })
  @WebhookParameter()
  @ApiResponse({ status: 202, description: 'The message will be sent.', type: WebhookDeliveryDto })
  async testWebhook(
    @Partner() partner: PartnerRef,
    @Param('id', WebhookIdPipe) id: string,
  ): Promise<WebhookDeliveryDto> {
    return deliveryDto(await this.deliveries.sendTest(partner, id));
  }

  @Get('deliveries')
  @Operation({
    summary: 'List Deliveries',
    description:
      'Returns what was sent to a webhook or waits for it, newest first, in pages. A delivery is kept for 7 days after its ' +
      'end.',
    failures: ['partner_not_found', 'webhook_not_found', 'invalid_parameter'],
    failureExamples: { invalid_parameter: rejectionOf(ListDeliveriesQuery, { limit: 0 }) },
  })
  @WebhookParameter()
  @ApiQuery({
    name: 'limit',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 1000, default: defaultLimit },
    description: 'Maximum number of deliveries in a page.',
  })
  @CursorQuery()
  @ApiResponse({
    status: 200,
    description: 'The deliveries, newest first.',
    headers: nextPageLink,
    type: [WebhookDeliveryDto],
  })
  async listWebhookDeliveries(
    @Partner() partner: PartnerRef,
    @Param('id', WebhookIdPipe) id: string,
    @Query() { limit = defaultLimit, cursor }: ListDeliveriesQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<WebhookDeliveryDto[]> {
    const webhook = await this.webhooks.find(partner.id, id);
    const read = await this.deliveries.list(webhook.id, { before: cursors.read(cursor), limit: limit + 1 });
    const url = `${this.urls.api}/webhooks/${partner.name}/${webhook.id}/deliveries`;
    return pageOf(response, read, { url, limit, cursorOf: (last) => cursors.write(last.id) }).map(deliveryDto);
  }

  @Post('deliveries/:delivery/resend')
  @HttpCode(202)
  @Operation({
    summary: 'Resend Delivery',
    description:
      'Sends a message again, whether it was delivered or not. It keeps its `webhook-id` and has all attempts again. The ' +
      'request fails with 409 if the webhook is disabled.',
    failures: ['partner_not_found', 'webhook_not_found', 'delivery_not_found', 'webhook_disabled'],
  })
  @WebhookParameter()
  @DeliveryParameter()
  @ApiResponse({ status: 202, description: 'The message will be sent.', type: WebhookDeliveryDto })
  async resendWebhookDelivery(
    @Partner() partner: PartnerRef,
    @Param('id', WebhookIdPipe) id: string,
    @Param('delivery', DeliveryIdPipe) delivery: string,
  ): Promise<WebhookDeliveryDto> {
    return deliveryDto(await this.deliveries.resend(partner.id, id, delivery));
  }
}
