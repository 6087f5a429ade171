import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { EmbeddingsService } from '#libs/embeddings';
import type { VoiceRef } from '#libs/voices';
import { Voice } from '../access/access.decorators.js';
import { rejectionOf } from '../body/fields.pipe.js';
import { FileResponses } from '../openapi/responses.js';
import { Operation } from '../openapi/operation.js';
import { VoiceParameters } from '../openapi/parameters.js';
import { Downloads } from '../files/downloads.js';
import { readTtsType, SampleEmbeddingQuery, TtsTypeParameter } from './embeddings.dto.js';

@ApiTags('Embedding')
@Controller('voices/:partner/:voice/embedding')
export class SampleEmbeddingController {
  constructor(
    private readonly embeddings: EmbeddingsService,
    private readonly downloads: Downloads,
  ) {}

  @Get()
  @Operation({
    summary: 'Download Embedding',
    description:
      'Returns the embedding of one sample, as the engine made it, for use in a TTS engine. Without `sample_index` it ' +
      'is that of the preferred sample. The request fails with 404 if the sample has not been embedded, and with 409 ' +
      'if the voice has no preferred sample or if its embedding is one archive without single files. ' +
      '`embedding_zip_url` in the voice details returns all samples.',
    failures: [
      ...(['voice_not_found', 'invalid_parameter', 'sample_not_found', 'embedding_not_found'] as const),
      ...(['no_preferred_sample', 'no_single_embeddings'] as const),
    ],
    failureExamples: { invalid_parameter: rejectionOf(SampleEmbeddingQuery, { sample_index: 0 }) },
  })
  @VoiceParameters()
  @ApiQuery({
    name: 'sample_index',
    required: false,
    description: 'Index of the sample. The preferred sample is used if omitted.',
    schema: { type: 'integer', minimum: 1 },
  })
  @TtsTypeParameter('TTS type of the embedding.')
  @FileResponses('application/octet-stream')
  async downloadEmbedding(
    @Voice() voice: VoiceRef,
    @Query() query: SampleEmbeddingQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const ttsType = readTtsType(query.tts_type);
    const embedding = await this.embeddings.sampleEmbedding(voice.id, ttsType, query.sample_index ?? null);
    const object = {
      key: embedding.objectKey,
      bytes: embedding.bytes,
      etag: `"${embedding.sha256}"`,
      contentType: 'application/octet-stream',
      downloadName: `${voice.name}-${embedding.sampleIndex}.safetensors`,
    };
    await this.downloads.send(request, response, object, 'embedding_not_found');
  }
}
