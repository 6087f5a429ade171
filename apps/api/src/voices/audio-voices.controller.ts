import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, ApiSecurity, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { VoicesService, type EmbeddedVoice } from '#libs/voices';
import { OfKey, Partner } from '../access/access.decorators.js';
import { failedMidway } from '../http/client-gone.js';
import { PublicUrls } from '../http/links.js';
import type { PartnerRef } from '../http/request-context.js';
import { Operation } from '../openapi/operation.js';
import { audioVoiceDto, AudioVoiceListDto, audioVoicesExample } from './audio-voices.answers.js';
import { pageRows, voiceListJson, type ReadPage } from './voice-list.js';

/** The voices of a key in the shape of OpenAI's API, for programs that know only that one. */
@ApiTags('Voices')
@Controller('v1/audio/voices')
export class AudioVoicesController {
  constructor(
    private readonly voices: VoicesService,
    private readonly urls: PublicUrls,
  ) {}

  @Get()
  @OfKey()
  @Operation({
    summary: 'List Embedded Voices',
    description:
      "Returns the voices of the key's partner that have an embedding, ordered by name, in the shape of OpenAI's API. The " +
      'key may also be sent as `Authorization: Bearer`. An admin key gets 403, because it belongs to no partner.',
  })
  @ApiSecurity('apiKeyBearer')
  @ApiExtraModels(AudioVoiceListDto)
  @ApiResponse({
    status: 200,
    description: 'The voices, ordered by name.',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(AudioVoiceListDto) }, example: audioVoicesExample },
    },
  })
  async listAudioVoices(
    @Partner() partner: PartnerRef,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const readPage: ReadPage<EmbeddedVoice> = (page) => this.voices.embeddedPage(partner.id, page);
    const first = await readPage({ after: null, limit: pageRows });
    const url = (voice: EmbeddedVoice): string =>
      `${this.urls.api}/voices/${partner.name}/${voice.id}/embedding?tts_type=${voice.ttsType}`;
    const list = voiceListJson(first, readPage, (voice) => audioVoiceDto(voice, url(voice)));
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    await pipeline(Readable.from(inList(list)), response).catch(failedMidway(request, response));
  }
}

async function* inList(array: AsyncIterable<string>): AsyncGenerator<string> {
  yield '{"object":"list","data":';
  yield* array;
  yield '}';
}
