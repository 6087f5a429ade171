import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiQuery, ApiTags } from '@nestjs/swagger';
import { EmbeddingsService } from '#libs/embeddings';
import type { VoiceDetails, VoiceRef } from '#libs/voices';
import { Voice } from '../access/found.decorator.js';
import { CheckedFields, CheckedQuery } from '../body/checked.decorator.js';
import { TakesBody } from '../body/takes-body.decorator.js';
import { DetailsResponse } from '../docs/details-response.js';
import { Operation } from '../docs/operation.js';
import { VoiceParameters } from '../docs/path-parameters.js';
import { embeddingVoiceExample } from '../voices/voice-examples.js';
import { EmbedFields } from './embed-fields.js';

@ApiTags('Embedding')
@Controller('voices/:partner/:voice/embed')
export class EmbeddingController {
  constructor(private readonly embeddings: EmbeddingsService) {}

  @Post()
  @HttpCode(202)
  @TakesBody({ fields: EmbedFields })
  @Operation({
    summary: 'Queue Embedding Job',
    description: 'Submits the voice samples for embedding generation via RunPod.',
    body: { fields: EmbedFields, required: false },
    failures: ['voice_not_found', 'voice_locked', 'no_samples'],
  })
  @VoiceParameters()
  @ApiQuery({
    name: 'tts_type',
    required: false,
    schema: { type: 'string' },
    description: 'The same as the field, which wins.',
  })
  @DetailsResponse(202, "The voice's details: the embedding is in progress.", embeddingVoiceExample)
  embedVoice(
    @Voice() voice: VoiceRef,
    @CheckedFields(EmbedFields) fields: EmbedFields,
    @CheckedQuery(EmbedFields) query: EmbedFields,
  ): Promise<VoiceDetails> {
    return this.embeddings.request(voice.id, fields.tts_type ?? query.tts_type);
  }
}
