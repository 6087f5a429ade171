import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ExportsService } from '#libs/transfer';
import type { VoiceRef } from '#libs/voices';
import { Voice } from '../access/access.decorators.js';
import { Downloads } from '../files/downloads.js';
import { storedZip } from '../files/stored-zip.js';
import { whenGone } from '../http/client-gone.js';
import { Operation } from '../openapi/operation.js';
import { VoiceParameters } from '../openapi/parameters.js';
import { ArchiveResponses } from '../openapi/responses.js';

@ApiTags('Moving')
@Controller('voices/:partner/:voice/export')
export class ExportsController {
  constructor(
    private readonly exports: ExportsService,
    private readonly downloads: Downloads,
  ) {}

  @Get()
  @Operation({
    summary: 'Export Voice',
    description:
      'Returns a voice with everything that belongs to it as a ZIP archive: recording, samples, the current embeddings ' +
      'with their test samples, consents, and `voice.json`. `POST /voices/{partner}/import` makes a voice of it again, ' +
      'also in another Timbre; docs/moving.md describes the format. The archive shows the voice as it was at one moment. ' +
      'The request fails with 409 during the first split of the voice and its import, or if the operator requires ' +
      'a consent and none is on record.',
    failures: ['voice_not_found', 'voice_locked', 'no_consent'],
  })
  @VoiceParameters()
  @ArchiveResponses()
  async exportVoice(@Voice() voice: VoiceRef, @Req() request: Request, @Res() response: Response): Promise<void> {
    const { files, date, sha256 } = await this.exports.plan(voice.id, whenGone(response));
    const zip = { ...storedZip(files, date), etag: `"${sha256}"`, downloadName: `${voice.name}.zip` };
    await this.downloads.sendZip(request, response, zip, 'voice_not_found');
  }
}
