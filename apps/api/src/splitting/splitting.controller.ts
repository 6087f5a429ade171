import { Body, Controller, HttpCode, Inject, Post, Query, Res } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { Response } from 'express';
import { CONFIG, type Config } from '#libs/config';
import { SplittingService } from '#libs/samples';
import type { VoiceRef } from '#libs/voices';
import { Voice } from '../access/access.decorators.js';
import { TakesBody } from '../body/body.interceptor.js';
import { rejectionOf } from '../body/fields.pipe.js';
import { DetailsResponse } from '../openapi/responses.js';
import { Operation } from '../openapi/operation.js';
import { VoiceParameters } from '../openapi/parameters.js';
import { voiceDetailsDto, type VoiceDetailsDto } from '../voices/voice-details.answers.js';
import { splittingVoiceExample } from '../voices/voice-examples.js';
import { SplitPreviewDto, splitPreviewDto, splitPreviewExample } from './splitting.answers.js';
import { askedSplit, SplitDto, SplitQuery } from './splitting.dto.js';

@ApiTags('Splitting')
@Controller('voices/:partner/:voice/split')
export class SplittingController {
  constructor(
    private readonly splitting: SplittingService,
    @Inject(CONFIG) private readonly config: Pick<Config, 'splitMode'>,
  ) {}

  @Post()
  @HttpCode(202)
  @TakesBody()
  @Operation({
    summary: 'Queue Splitting Job',
    description:
      'Re-splits the original recording with custom parameters. Clears existing samples, uploaded ones included, and ' +
      'the preferred sample. The existing samples stay readable until the new ones replace them, and remain if ' +
      'splitting fails. No embedding is started. The fields may also be sent as query parameters; the body wins. The ' +
      'request fails with 409 while the voice is being processed or if it has no original recording. With `dry_run` it ' +
      'changes nothing and returns the samples that this split would make, also while the voice is being processed.',
    body: { type: SplitDto, required: false },
    failures: ['voice_not_found', 'voice_locked', 'no_original'],
    failureExamples: { invalid_parameter: rejectionOf(SplitDto, { max_samples: 101 }) },
  })
  @VoiceParameters()
  @ApiExtraModels(SplitPreviewDto)
  @ApiResponse({
    status: 200,
    description: 'A dry run: the samples that the split would make. Nothing has changed.',
    content: { 'application/json': { schema: { $ref: getSchemaPath(SplitPreviewDto) }, example: splitPreviewExample } },
  })
  @DetailsResponse(202, 'Splitting is in progress. Returns the voice details.', splittingVoiceExample)
  async splitVoice(
    @Voice() voice: VoiceRef,
    @Body() fields: SplitDto,
    @Query() query: SplitQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<VoiceDetailsDto | SplitPreviewDto> {
    const { split, isDryRun } = askedSplit(fields, query, this.config.splitMode);
    if (!isDryRun) return voiceDetailsDto(await this.splitting.request(voice.id, split));
    response.status(200);
    return splitPreviewDto(await this.splitting.preview(voice.id, split));
  }
}
