import { Body, Controller, HttpCode, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { EmbeddingsService } from '#libs/embeddings';
import { AppError } from '#libs/errors';
import type { VoiceRef } from '#libs/voices';
import { Voice } from '../access/access.decorators.js';
import { TakesBody } from '../body/body.interceptor.js';
import { DetailsResponse } from '../openapi/responses.js';
import { Operation } from '../openapi/operation.js';
import { VoiceParameters } from '../openapi/parameters.js';
import { voiceDetailsDto, type VoiceDetailsDto } from '../voices/voice-details.answers.js';
import { embeddingVoiceExample } from '../voices/voice-examples.js';
import { EmbedDto, TtsTypeQuery } from './embeddings.dto.js';

const tooMuch = 'Voice has 9000 s of samples; at most 8000 s can be embedded';

/** What EmbeddingsService throws if only kyutai is configured. */
const notConfigured = AppError.field('tts_type', 'tts_type must be one of kyutai');

@ApiTags('Embedding')
@Controller('voices/:partner/:voice/embed')
export class EmbeddingsController {
  constructor(private readonly embeddings: EmbeddingsService) {}

  @Post()
  @HttpCode(202)
  @TakesBody()
  @Operation({
    summary: 'Queue Embedding Job',
    description:
      'Submits the voice samples for embedding generation via RunPod. When it completes, the voice details contain ' +
      'scores, test samples and a download URL. If it fails, the last successful embedding stays available. The ' +
      'request fails with 409 while the voice is being processed, if it has no samples, if they are too long, or ' +
      'if the operator requires a consent and none is on record.',
    body: { type: EmbedDto, required: false },
    failures: ['voice_not_found', 'quota_exceeded', 'voice_locked', 'no_samples', 'too_much_to_embed', 'no_consent'],
    failureExamples: { invalid_parameter: notConfigured, too_much_to_embed: tooMuch },
  })
  @VoiceParameters()
  @DetailsResponse(202, 'The embedding is in progress. Returns the voice details.', embeddingVoiceExample)
  async embedVoice(
    @Voice() voice: VoiceRef,
    @Body() fields: EmbedDto,
    @Query() query: TtsTypeQuery,
  ): Promise<VoiceDetailsDto> {
    const asked = {
      ttsType: fields.tts_type ?? query.tts_type,
      language: fields.language,
      testSentences: fields.test_sentences,
    };
    return voiceDetailsDto(await this.embeddings.request(voice.id, asked));
  }
}
