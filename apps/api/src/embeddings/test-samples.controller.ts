import { applyDecorators, Controller, Delete, Get, HttpCode, Param, Req, Res } from '@nestjs/common';
import { ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { EmbeddingsService, type TestSampleDetails } from '#libs/embeddings';
import type { VoiceRef } from '#libs/voices';
import { Voice } from '../access/found.decorator.js';
import { CheckedQuery } from '../body/checked.decorator.js';
import { AudioResponses } from '../docs/file-responses.js';
import { Operation } from '../docs/operation.js';
import { VoiceParameters } from '../docs/path-parameters.js';
import { Downloads } from '../downloads/downloads.js';
import { EmbedFields } from './embed-fields.js';
import { TestSampleDto } from './test-sample-answers.js';
import { defaultTtsType, readTtsType } from './tts-type.js';

const ttsTypeSchema = { type: 'string', pattern: '^[a-z0-9_-]{1,64}$' } as const;

const wrongTtsType = { invalid_parameter: () => readTtsType('Kyutai') };

const TtsTypeQuery = (description: string): MethodDecorator =>
  applyDecorators(
    ApiQuery({ name: 'tts_type', required: false, description, schema: { ...ttsTypeSchema, default: defaultTtsType } }),
  );

@ApiTags('Embedding')
@Controller('voices/:partner/:voice')
export class TestSamplesController {
  constructor(
    private readonly embeddings: EmbeddingsService,
    private readonly downloads: Downloads,
  ) {}

  @Get('test-samples')
  @Operation({
    summary: 'Get Test Samples',
    description: 'Returns a list of TTS-generated test audio files created during the embedding process.',
    failures: ['voice_not_found', 'invalid_parameter'],
    failureExamples: wrongTtsType,
  })
  @VoiceParameters()
  @TtsTypeQuery('Filter test samples by TTS type.')
  @ApiResponse({
    status: 200,
    description: 'The test samples. The list is empty if there are none.',
    type: [TestSampleDto],
    example: [{ sample_index: 1, sentence_index: 1, filename: 'test_1_1.opus', duration: 3.2 }],
  })
  listTestSamples(
    @Voice() voice: VoiceRef,
    @CheckedQuery(EmbedFields) query: EmbedFields,
  ): Promise<TestSampleDetails[]> {
    return this.embeddings.testSamples(voice.id, readTtsType(query.tts_type));
  }

  @Get('test-samples/:filename')
  @Operation({
    summary: 'Download Test Sample',
    description: 'Returns the test sample audio file.',
    failures: ['voice_not_found', 'invalid_parameter', 'test_sample_not_found'],
    failureExamples: wrongTtsType,
  })
  @VoiceParameters()
  @ApiParam({
    name: 'filename',
    description: 'File name, as the list of test samples gives it.',
    schema: { type: 'string', example: 'test_1_1.opus' },
  })
  @TtsTypeQuery('TTS type folder to look in.')
  @AudioResponses()
  async downloadTestSample(
    @Voice() voice: VoiceRef,
    @Param('filename') filename: string,
    @CheckedQuery(EmbedFields) query: EmbedFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const file = await this.embeddings.testSample(voice.id, readTtsType(query.tts_type), filename);
    const object = {
      key: file.objectKey,
      bytes: file.bytes,
      etag: `"${file.sha256}"`,
      contentType: 'audio/ogg',
      downloadName: `${voice.name}-${filename}`,
    };
    await this.downloads.send(request, response, object, 'test_sample_not_found');
  }

  @Delete('test-files/:tts_type')
  @HttpCode(204)
  @Operation({
    summary: 'Delete Test Files',
    description: 'Deletes the test samples of a TTS type, if there are any. The embedding and its scores stay.',
    failures: ['voice_not_found', 'invalid_parameter', 'voice_locked'],
    failureExamples: wrongTtsType,
  })
  @VoiceParameters()
  @ApiParam({
    name: 'tts_type',
    description: 'TTS type whose test samples are deleted.',
    schema: { ...ttsTypeSchema, example: defaultTtsType },
  })
  @ApiResponse({ status: 204, description: 'The test samples were deleted, or there were none.' })
  async deleteTestFiles(@Voice() voice: VoiceRef, @Param('tts_type') ttsType: string): Promise<void> {
    await this.embeddings.deleteTestFiles(voice.id, readTtsType(ttsType));
  }
}
