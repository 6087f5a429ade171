import { Controller, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { Config } from '#libs/config';
import { WebhooksService } from '#libs/embeddings';
import { AppError, sizeText } from '#libs/errors';
import { Public } from '../access/public.decorator.js';
import { CONFIG } from '../app-tokens.js';
import { openBody } from '../body/incoming-body.js';
import { Operation } from '../docs/operation.js';
import { hasBody } from '../http/discard-body.js';
import { maxHintBytes, runpodJobIdIn } from './hint-body.js';

/** Webhooks of RunPod. */
@ApiTags('Webhooks')
@Public()
@Controller('hooks/runpod/:token')
export class HooksController {
  constructor(
    private readonly webhooks: WebhooksService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Post()
  @HttpCode(200)
  @Operation({
    summary: 'RunPod Webhook',
    description:
      'Receives a notification that a RunPod job has changed. Its content is not trusted: the state of the job is then ' +
      'read from RunPod.',
    open: true,
    failures: ['not_found', 'upload_timed_out', 'too_large', 'unavailable'],
    failureExamples: { too_large: `A hint may have at most ${maxHintBytes} bytes` },
  })
  @ApiParam({
    name: 'token',
    description: 'Secret of one submission. It is part of the webhook URL that RunPod was given.',
    schema: { type: 'string' },
  })
  @ApiBody({
    required: true,
    schema: {
      type: 'object',
      required: ['id'],
      properties: { id: { type: 'string', example: 'abc-123-e1' }, status: { type: 'string', example: 'COMPLETED' } },
    },
  })
  @ApiResponse({ status: 200, description: 'The webhook was accepted.' })
  async receiveRunpodHook(
    @Param('token') token: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    // Asked before the body is read: strangers cannot make us read megabytes.
    const hook = await this.webhooks.find(token);
    const runpodJobId = runpodJobIdIn(await this.readBody(request, response));
    if (runpodJobId !== null) await this.webhooks.hint(hook, runpodJobId);
  }

  private async readBody(request: Request, response: Response): Promise<string> {
    if (!hasBody(request)) return '';
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of openBody(request, response, this.config.uploadIdleSeconds) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxHintBytes) throw AppError.saying('too_large', `A hint may have at most ${sizeText(maxHintBytes)}`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }
}
