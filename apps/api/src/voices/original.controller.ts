import { createHash } from 'node:crypto';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { VoicesService } from '#libs/voices';
import { FindsVoiceItself, Partner } from '../access/access.decorators.js';
import { Downloads } from '../files/downloads.js';
import type { PartnerRef } from '../http/request-context.js';
import { Operation } from '../openapi/operation.js';
import { VoiceParameters } from '../openapi/parameters.js';
import { FileResponses } from '../openapi/responses.js';

@ApiTags('Voices')
@Controller('voices/:partner/:voice/original')
export class OriginalController {
  constructor(
    private readonly voices: VoicesService,
    private readonly downloads: Downloads,
  ) {}

  @Get()
  @FindsVoiceItself()
  @Operation({
    summary: 'Download Original',
    description:
      'Returns the original as it is stored: the whole recording, converted to opus 96kbps mono. It supports range and ' +
      'conditional requests. The request fails with 409 if the voice has no original: it was created empty, its ' +
      'recording is still being converted, or the original was removed because it was kept long enough.',
    failures: ['voice_not_found', 'no_original'],
  })
  @VoiceParameters()
  @FileResponses()
  async downloadOriginal(
    @Partner() partner: PartnerRef,
    @Param('voice') nameOrId: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { voice, objectKey, bytes } = await this.voices.original(partner.id, nameOrId);
    request.voice = voice;
    // No hash of an original is stored. Its key does as well: a conversion never writes to the key of another one.
    const tag = createHash('sha256').update(objectKey).digest('hex');
    const downloadName = `${voice.name}-original.opus`;
    const object = { key: objectKey, bytes, etag: `"${tag}"`, contentType: 'audio/ogg', downloadName };
    await this.downloads.send(request, response, object, 'no_original');
  }
}
