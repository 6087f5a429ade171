import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Req, Res } from '@nestjs/common';
import { ApiExtraModels, ApiParam, ApiResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { SpeechesService, type SpeechInfo } from '#libs/embeddings';
import { AppError } from '#libs/errors';
import type { VoiceRef } from '#libs/voices';
import { Partner, Voice } from '../access/access.decorators.js';
import { TakesBody } from '../body/body.interceptor.js';
import { rejectionOf } from '../body/fields.pipe.js';
import { Downloads } from '../files/downloads.js';
import { PublicUrls } from '../http/links.js';
import type { PartnerRef } from '../http/request-context.js';
import { Operation } from '../openapi/operation.js';
import { VoiceParameters } from '../openapi/parameters.js';
import { AudioOrJsonResponses } from '../openapi/responses.js';
import { exampleId, newSpeechExample, SpeechDto, speechDto } from './speech.answers.js';
import { SpeakDto } from './speech.dto.js';

const SpeechIdPipe = new ParseUUIDPipe({ exceptionFactory: () => AppError.of('speech_not_found') });

/** A sentence takes a few seconds on a GPU. */
const retryAfterSeconds = 2;

const speechInProgress = {
  content: { 'application/json': { schema: { $ref: getSchemaPath(SpeechDto) }, example: newSpeechExample } },
};

@ApiTags('Embedding')
@ApiExtraModels(SpeechDto)
@Controller('voices/:partner/:voice')
export class SpeechController {
  constructor(
    private readonly speeches: SpeechesService,
    private readonly downloads: Downloads,
    private readonly urls: PublicUrls,
  ) {}

  @Post('speak')
  @HttpCode(202)
  @TakesBody()
  @Operation({
    summary: 'Speak a Text',
    description:
      'Speaks one text with the current embedding of the voice, to hear a sentence of your own before you choose a ' +
      'sample. The GPU does it like an embedding, so it takes some seconds or more: poll the URL in `Location`. The voice ' +
      'is not locked and does not change. The request fails with 409 if the voice has no embedding, if the GPU side cannot ' +
      'speak, or if the operator requires a consent and none is on record, and with 404 if the sample does not exist or ' +
      'has no embedding.',
    body: { type: SpeakDto, required: true },
    failures: [
      ...(['voice_not_found', 'quota_exceeded', 'sample_not_found', 'embedding_not_found'] as const),
      ...(['no_embedding', 'cannot_speak', 'no_consent'] as const),
    ],
    failureExamples: {
      invalid_parameter: rejectionOf(SpeakDto, {}),
      cannot_speak: 'The GPU side uses version 1 of its contract, which cannot speak a text',
    },
  })
  @VoiceParameters()
  @ApiResponse({
    status: 202,
    description: 'The text is being spoken.',
    headers: { Location: { description: 'URL of the speech.', required: true, schema: { type: 'string' } } },
    ...speechInProgress,
  })
  async speak(
    @Partner() partner: PartnerRef,
    @Voice() voice: VoiceRef,
    @Body() fields: SpeakDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SpeechDto> {
    const { text, sample_index: sampleIndex, seed } = fields;
    const speech = await this.speeches.request(voice.id, { text, sampleIndex, seed });
    response.location(`${this.urls.voicePath(partner.name, voice.name)}/speech/${speech.id}`);
    return speechDto(speech);
  }

  @Get('speech/:id')
  @Operation({
    summary: 'Get Speech',
    description:
      'Returns the audio of a text that was spoken, or JSON about it: while it is in progress (202), if it failed, and if ' +
      'the `Accept` header prefers `application/json`. The audio supports range and conditional requests. The speech is ' +
      'deleted 24 hours after it has ended.',
    failures: ['voice_not_found', 'speech_not_found'],
  })
  @VoiceParameters()
  @ApiParam({
    name: 'id',
    description: 'Id of the speech.',
    schema: { type: 'string', format: 'uuid', example: exampleId },
  })
  @ApiResponse({
    status: 202,
    description: 'The text is still being spoken. Ask again later.',
    headers: {
      'Retry-After': { description: 'Seconds until it may have ended.', required: true, schema: { type: 'integer' } },
    },
    ...speechInProgress,
  })
  @AudioOrJsonResponses('The audio, or JSON about it.', SpeechDto, {
    ...newSpeechExample,
    status: 'completed',
    duration: 3.2,
    finished_at: '2025-01-15T10:30:04Z',
    expires_at: '2025-01-16T10:30:04Z',
  })
  async getSpeech(
    @Voice() voice: VoiceRef,
    @Param('id', SpeechIdPipe) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const speech = await this.speeches.find(voice.id, id);
    response.vary('Accept');
    if (speech.status === 'in_progress') response.status(202).setHeader('Retry-After', retryAfterSeconds);
    const audio = audioOf(speech);
    if (audio === null || request.accepts(['audio/ogg', 'application/json']) === 'application/json') {
      response.json(speechDto(speech));
      return;
    }
    const object = { ...audio, contentType: 'audio/ogg', downloadName: `${voice.name}-speech.opus` };
    await this.downloads.send(request, response, object, 'speech_not_found');
  }
}

/** Returns the stored audio of a speech, or null if it was not spoken (yet). */
function audioOf({ objectKey, bytes, sha256 }: SpeechInfo): { key: string; bytes: number; etag: string } | null {
  if (objectKey === null || bytes === null || sha256 === null) return null;
  return { key: objectKey, bytes, etag: `"${sha256}"` };
}
