import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SplittingService } from '#libs/samples';
import type { VoiceDetails, VoiceRef } from '#libs/voices';
import { Voice } from '../access/found.decorator.js';
import { CheckedFields } from '../body/checked.decorator.js';
import { TakesBody } from '../body/takes-body.decorator.js';
import { DetailsResponse } from '../docs/details-response.js';
import { Operation } from '../docs/operation.js';
import { VoiceParameters } from '../docs/path-parameters.js';
import { newVoiceExample } from '../voices/voice-examples.js';
import { SplitFields } from './split-fields.js';

@ApiTags('Splitting')
@Controller('voices/:partner/:voice/split')
export class SplittingController {
  constructor(private readonly splitting: SplittingService) {}

  @Post()
  @HttpCode(202)
  @TakesBody()
  @Operation({
    summary: 'Queue Splitting Job',
    description: 'Re-splits the original recording with custom parameters. Clears existing samples.',
    body: { fields: SplitFields, required: false, first: 'application/x-www-form-urlencoded' },
    failures: ['voice_not_found', 'voice_locked', 'no_original'],
  })
  @VoiceParameters()
  @DetailsResponse(202, "The voice's details: splitting is in progress.", newVoiceExample)
  splitVoice(@Voice() voice: VoiceRef, @CheckedFields(SplitFields) fields: SplitFields): Promise<VoiceDetails> {
    return this.splitting.request(voice.id, {
      maxSamples: fields.max_samples,
      sampleDurationSeconds: fields.sample_duration,
    });
  }
}
