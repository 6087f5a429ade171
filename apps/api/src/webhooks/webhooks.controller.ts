import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { webhookEventTypes, WebhooksService } from '#libs/webhooks';
import { Partner } from '../access/access.decorators.js';
import { TakesBody } from '../body/body.interceptor.js';
import { rejectionOf } from '../body/fields.pipe.js';
import { PublicUrls } from '../http/links.js';
import type { PartnerRef } from '../http/request-context.js';
import { Operation } from '../openapi/operation.js';
import { PartnerParameter } from '../openapi/parameters.js';
import { webhookDto, WebhookDto, WebhookWithSecretDto } from './webhooks.answers.js';
import { CreateWebhookDto, UpdateWebhookDto } from './webhooks.dto.js';
import { WebhookIdPipe, WebhookParameter } from './webhook-parameters.js';

@ApiTags('Webhooks')
@Controller('webhooks/:partner')
export class WebhooksController {
  constructor(
    private readonly webhooks: WebhooksService,
    private readonly urls: PublicUrls,
  ) {}

  @Post()
  @TakesBody()
  @Operation({
    summary: 'Create Webhook',
    description:
      'Creates a webhook: a URL that is sent a signed message when a split or an embedding has ended, or a voice was ' +
      'deleted. The secret verifies the signatures and is shown only in this response. The request fails with 409 if the ' +
      'partner has 20 webhooks.',
    body: { type: CreateWebhookDto, required: true },
    failures: ['partner_not_found', 'too_many_webhooks'],
    failureExamples: { invalid_parameter: rejectionOf(CreateWebhookDto, {}) },
  })
  @PartnerParameter()
  @ApiResponse({
    status: 201,
    description: 'The new webhook, with its secret.',
    headers: { Location: { description: 'URL of the webhook.', required: true, schema: { type: 'string' } } },
    type: WebhookWithSecretDto,
  })
  async createWebhook(
    @Partner() partner: PartnerRef,
    @Body() { url, events, description }: CreateWebhookDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<WebhookWithSecretDto> {
    const wanted = { url, events: events ?? webhookEventTypes, description: description ?? null };
    const { webhook, secret } = await this.webhooks.create(partner.id, wanted);
    response.location(`${this.urls.apiPath}/webhooks/${partner.name}/${webhook.id}`);
    return { ...webhookDto(webhook), secret };
  }

  @Get()
  @Operation({
    summary: 'List Webhooks',
    description: 'Returns the webhooks of a partner, oldest first, without their secrets.',
    failures: ['partner_not_found'],
  })
  @PartnerParameter()
  @ApiResponse({ status: 200, description: 'The webhooks, oldest first.', type: [WebhookDto] })
  async listWebhooks(@Partner() partner: PartnerRef): Promise<WebhookDto[]> {
    return (await this.webhooks.list(partner.id)).map(webhookDto);
  }

  @Get(':id')
  @Operation({
    summary: 'Get Webhook',
    description: 'Returns a webhook without its secret.',
    failures: ['partner_not_found', 'webhook_not_found'],
  })
  @WebhookParameter()
  @ApiResponse({ status: 200, description: 'The webhook.', type: WebhookDto })
  async getWebhook(@Partner() partner: PartnerRef, @Param('id', WebhookIdPipe) id: string): Promise<WebhookDto> {
    return webhookDto(await this.webhooks.find(partner.id, id));
  }

  @Patch(':id')
  @TakesBody()
  @Operation({
    summary: 'Update Webhook',
    description:
      'Changes the fields that are given. A disabled webhook is sent no events, and those that happen meanwhile are not ' +
      'sent later. What waits for it fails.',
    body: { type: UpdateWebhookDto, required: true },
    failures: ['partner_not_found', 'webhook_not_found'],
    failureExamples: { invalid_parameter: rejectionOf(UpdateWebhookDto, { events: 'voice.renamed' }) },
  })
  @WebhookParameter()
  @ApiResponse({ status: 200, description: 'The changed webhook.', type: WebhookDto })
  async updateWebhook(
    @Partner() partner: PartnerRef,
    @Param('id', WebhookIdPipe) id: string,
    @Body() { url, events, description, enabled }: UpdateWebhookDto,
  ): Promise<WebhookDto> {
    return webhookDto(await this.webhooks.update(partner.id, id, { url, events, description, enabled }));
  }

  @Delete(':id')
  @HttpCode(204)
  @Operation({
    summary: 'Delete Webhook',
    description: 'Deletes a webhook with its deliveries. Nothing more is sent, except for requests that are under way.',
    failures: ['partner_not_found', 'webhook_not_found'],
  })
  @WebhookParameter()
  @ApiResponse({ status: 204, description: 'The webhook was deleted.' })
  deleteWebhook(@Partner() partner: PartnerRef, @Param('id', WebhookIdPipe) id: string): Promise<void> {
    return this.webhooks.remove(partner.id, id);
  }

  @Post(':id/rotate-secret')
  @HttpCode(200)
  @Operation({
    summary: 'Rotate Webhook Secret',
    description:
      'Replaces the secret. The new one is shown only in this response. For 24 hours messages have two signatures, of the ' +
      'new and of the old secret, so that receivers can change it at any time. A second rotation ends the oldest secret ' +
      'at once.',
    failures: ['partner_not_found', 'webhook_not_found'],
  })
  @WebhookParameter()
  @ApiResponse({ status: 200, description: 'The webhook, with its new secret.', type: WebhookWithSecretDto })
  async rotateWebhookSecret(
    @Partner() partner: PartnerRef,
    @Param('id', WebhookIdPipe) id: string,
  ): Promise<WebhookWithSecretDto> {
    const { webhook, secret } = await this.webhooks.rotateSecret(partner.id, id);
    return { ...webhookDto(webhook), secret };
  }
}
