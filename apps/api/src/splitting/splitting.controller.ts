import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SplittingService } from '#libs/samples';
import type { VoiceDetails, VoiceRef } from '#libs/voices';
import { Voice } from '../access/found.decorator.js';
import { checkFields } from '../body/check-fields.js';
import { CheckedFields, CheckedQuery } from '../body/checked.decorator.js';
import { TakesBody } from '../body/takes-body.decorator.js';
import { DetailsResponse } from '../docs/details-response.js';
import { Operation } from '../docs/operation.js';
import { VoiceParameters } from '../docs/path-parameters.js';
import { splittingVoiceExample } from '../voices/voice-examples.js';
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
    description:
      'Re-splits the original recording with custom parameters. Clears existing samples, uploaded ones included, and ' +
      'the preferred sample. The existing samples stay readable until the new ones replace them, and stay for good if ' +
      'splitting fails. No embedding is started. The fields may also be given in the query; the body wins.',
    body: { fields: SplitFields, required: false, first: 'application/x-www-form-urlencoded' },
    failures: ['voice_not_found', 'voice_locked', 'no_original'],
    failureExamples: { invalid_parameter: () => checkFields(SplitFields, { max_samples: 101 }) },
  })
  @VoiceParameters()
  @DetailsResponse(202, 'Splitting is in progress. Returns the voice details.', splittingVoiceExample)
  splitVoice(
    @Voice() voice: VoiceRef,
    @CheckedFields(SplitFields) fields: SplitFields,
    @CheckedQuery(SplitFields) query: SplitFields,
  ): Promise<VoiceDetails> {
    return this.splitting.request(voice.id, splitParameters(fields, query));
  }
}
