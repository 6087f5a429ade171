import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiQuery, ApiTags } from '@nestjs/swagger';
import { splitBounds, SplittingService } from '#libs/samples';
import type { VoiceDetails, VoiceRef } from '#libs/voices';
import { Voice } from '../access/found.decorator.js';
import { CheckedFields, CheckedQuery } from '../body/checked.decorator.js';
import { TakesBody } from '../body/takes-body.decorator.js';
import { DetailsResponse } from '../docs/details-response.js';
import { Operation } from '../docs/operation.js';
import { VoiceParameters } from '../docs/path-parameters.js';
import { newVoiceExample } from '../voices/voice-examples.js';
import { SplitFields, splitParameters } from './split-fields.js';

@ApiTags('Splitting')
@Controller('voices/:partner/:voice/split')
export class SplittingController {
  constructor(private readonly splitting: SplittingService) {}

  @Post()
  @HttpCode(202)
  @TakesBody({ fields: SplitFields })
  @Operation({
    summary: 'Queue Splitting Job',
    description: 'Re-splits the original recording with custom parameters. Clears existing samples.',
    body: { fields: SplitFields, required: false, first: 'application/x-www-form-urlencoded' },
    failures: ['voice_not_found', 'voice_locked', 'no_original'],
  })
  @VoiceParameters()
  @ApiQuery({
    name: 'max_samples',
    required: false,
    schema: { type: 'integer', minimum: splitBounds.maxSamples.min, maximum: splitBounds.maxSamples.max },
    description: 'The same as the field, which wins.',
  })
  @ApiQuery({
    name: 'sample_duration',
    required: false,
    schema: {
      type: 'integer',
      minimum: splitBounds.sampleDurationSeconds.min,
      maximum: splitBounds.sampleDurationSeconds.max,
    },
    description: 'The same as the field, which wins.',
  })
  @DetailsResponse(202, "The voice's details: splitting is in progress.", newVoiceExample)
  splitVoice(
    @Voice() voice: VoiceRef,
    @CheckedFields(SplitFields) fields: SplitFields,
    @CheckedQuery(SplitFields) query: SplitFields,
  ): Promise<VoiceDetails> {
    return this.splitting.request(voice.id, splitParameters(fields, query));
  }
}
