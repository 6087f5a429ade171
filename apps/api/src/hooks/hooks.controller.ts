import { Controller, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { CONFIG, type Config } from '#libs/config';
import { RunpodHooksService } from '#libs/embeddings';
import { AppError, sizeText } from '#libs/errors';
import { Public } from '../access/access.decorators.js';
import { hasBody, openBody } from '../body/incoming-body.js';
import { Operation } from '../openapi/operation.js';

/** RunPod echoes the whole input of a job, up to 10 MB (its documentation). Longer hints are not read. */
const maxHintBytes = 16 * 1024 ** 2;

/** Receives the webhooks of RunPod. */
@ApiTags('RunPod')
@Public()
@Controller('hooks/runpod/:token')
export class HooksController {
  constructor(
    private readonly webhooks: RunpodHooksService,
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
    // Before the body is read: without a valid token nobody can make us read megabytes.
    const hook = await this.webhooks.find(token);
    const runpodJobId = runpodJobIdIn(await this.readBody(request, response));
    if (runpodJobId !== null) await this.webhooks.hint(hook, runpodJobId);
  }

  private async readBody(request: Request, response: Response): Promise<string> {
    if (!hasBody(request)) return '';
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of openBody(request, response, this.config) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxHintBytes) throw AppError.saying('too_large', `A hint may have at most ${sizeText(maxHintBytes)}`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }
}

/**
 * Returns the id of the RunPod job that a webhook is about, or null if the body has none. Polling then finds the result
 * without the hint.
 */
export function runpodJobIdIn(body: string): string | null {
  const value = parse(body);
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : null;
  return typeof id === 'string' && /^[\x21-\x7e]{1,128}$/.test(id) ? id : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
