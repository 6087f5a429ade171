import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { EmbeddingsService } from '#libs/embeddings';
import { AppError } from '#libs/errors';
import type { VoiceDetails, VoiceRef } from '#libs/voices';
import { Voice } from '../access/found.decorator.js';
import { CheckedFields, CheckedQuery } from '../body/checked.decorator.js';
import { TakesBody } from '../body/takes-body.decorator.js';
import { DetailsResponse } from '../docs/details-response.js';
import { Operation } from '../docs/operation.js';
import { VoiceParameters } from '../docs/path-parameters.js';
import { embeddingVoiceExample } from '../voices/voice-examples.js';
import { EmbedFields } from './embed-fields.js';

/** As EmbeddingsService refuses a type where kyutai alone is configured. */
function refuseUnconfigured(): never {
  throw AppError.field('tts_type', 'tts_type must be one of kyutai');
}

@ApiTags('Embedding')
@Controller('voices/:partner/:voice/embed')
export class EmbeddingController {
  constructor(private readonly embeddings: EmbeddingsService) {}

  @Post()
  @HttpCode(202)
  @TakesBody({ fields: EmbedFields })
  @Operation({
    summary: 'Queue Embedding Job',
    description:
      'Submits the voice samples for embedding generation via RunPod. When it completes, the details hold scores, test ' +
      'samples and a download URL. If it fails, the last successful embedding stays available.',
    body: { fields: EmbedFields, required: false },
    failures: ['voice_not_found', 'voice_locked', 'no_samples'],
    failureExamples: { invalid_parameter: refuseUnconfigured },
  })
  @VoiceParameters()
  @DetailsResponse(202, 'The embedding is in progress. Returns the voice details.', embeddingVoiceExample)
  embedVoice(
    @Voice() voice: VoiceRef,
    @CheckedFields(EmbedFields) fields: EmbedFields,
    @CheckedQuery(EmbedFields) query: EmbedFields,
  ): Promise<VoiceDetails> {
    return this.embeddings.request(voice.id, fields.tts_type ?? query.tts_type);
  }
}
