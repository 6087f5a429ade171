import { Controller, Delete, Get, HttpCode, Param, Query, Req, Res } from '@nestjs/common';
import { ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { EmbeddingsService } from '#libs/embeddings';
import type { VoiceRef } from '#libs/voices';
import { Voice } from '../access/access.decorators.js';
import { FileResponses } from '../openapi/responses.js';
import { Operation } from '../openapi/operation.js';
import { VoiceParameters } from '../openapi/parameters.js';
import { Downloads } from '../files/downloads.js';
import { TestSampleDto, testSampleDto } from './embeddings.answers.js';
import {
  defaultTtsType,
  malformedTtsType,
  readTtsType,
  TtsTypeParameter,
  ttsTypeSchema,
  TtsTypeQuery,
} from './embeddings.dto.js';

const wrongTtsType = { invalid_parameter: malformedTtsType() };

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
  @TtsTypeParameter('Filter test samples by TTS type.')
  @ApiResponse({
    status: 200,
    description: 'The test samples. The list is empty if there are none.',
    type: [TestSampleDto],
    example: [{ sample_index: 1, sentence_index: 1, filename: 'test_1_1.opus', duration: 3.2 }],
  })
  async listTestSamples(@Voice() voice: VoiceRef, @Query() query: TtsTypeQuery): Promise<TestSampleDto[]> {
    return (await this.embeddings.testSamples(voice.id, readTtsType(query.tts_type))).map(testSampleDto);
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
    description: 'File name, as the list of test samples returns it.',
    schema: { type: 'string', example: 'test_1_1.opus' },
  })
  @TtsTypeParameter('TTS type folder to look in.')
  @FileResponses()
  async downloadTestSample(
    @Voice() voice: VoiceRef,
    @Param('filename') filename: string,
    @Query() query: TtsTypeQuery,
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
    description:
      'Deletes the test samples of a TTS type, if there are any. The embedding and its scores stay. The request fails ' +
      'with 409 while the voice is being processed.',
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
