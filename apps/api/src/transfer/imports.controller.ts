import { Body, Controller, Post, Res, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ImportsService } from '#libs/transfer';
import { parseVoiceName } from '#libs/voices';
import { Partner } from '../access/access.decorators.js';
import { QuotaGuard } from '../access/quota.guard.js';
import { TakesBody } from '../body/body.interceptor.js';
import { rejectionOf } from '../body/fields.pipe.js';
import { whenGone } from '../http/client-gone.js';
import { PublicUrls } from '../http/links.js';
import type { PartnerRef } from '../http/request-context.js';
import { Operation } from '../openapi/operation.js';
import { PartnerParameter } from '../openapi/parameters.js';
import { DetailsResponse } from '../openapi/responses.js';
import { voiceDetailsDto, type VoiceDetailsDto } from '../voices/voice-details.answers.js';
import { importedVoiceExample } from '../voices/voice-examples.js';
import { ImportVoiceDto } from './imports.dto.js';

@ApiTags('Moving')
@Controller('voices/:partner/import')
export class ImportsController {
  constructor(
    private readonly imports: ImportsService,
    private readonly urls: PublicUrls,
  ) {}

  @Post()
  @UseGuards(QuotaGuard)
  @TakesBody({ file: 'archive' })
  @Operation({
    summary: 'Import Voice',
    description:
      'Makes a voice of an archive that `GET /voices/{partner}/{voice}/export` gave, from this Timbre or another. The ' +
      'response is sent when the archive has been checked and stored. The voice is locked and empty until a worker has ' +
      'decoded all audio. Then everything appears at once: poll the voice details until `status.splitting` is not ' +
      '`in_progress`. If a file turns out to be no audio, `status.splitting` is `failed`, `errors.splitting` names the ' +
      'file, and the voice stays empty. The request fails with 409 if the partner already has a voice of this name, or if ' +
      'the operator requires a consent and an archive with an embedding has none. It fails with 422 if the archive is not ' +
      'as an export gives it; the sentence names the wrong file.',
    body: { type: ImportVoiceDto, required: true, hasFile: true },
    failures: [
      'partner_not_found',
      'quota_exceeded',
      'voice_exists',
      'no_consent',
      'invalid_archive',
      'insufficient_storage',
    ],
    failureExamples: {
      malformed_request: 'The multipart body is malformed',
      too_large: 'file may have at most 8 GiB',
      invalid_parameter: rejectionOf(ImportVoiceDto, {}),
      invalid_archive: 'The file is not a ZIP archive',
    },
  })
  @PartnerParameter()
  @DetailsResponse(201, 'The import has started. Returns the details of the voice.', importedVoiceExample)
  async importVoice(
    @Partner() partner: PartnerRef,
    @Body() fields: ImportVoiceDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<VoiceDetailsDto> {
    const name = fields.name === undefined ? null : parseVoiceName(fields.name);
    const request = { partnerId: partner.id, name, onConflict: fields.on_conflict ?? 'fail' } as const;
    const voice = await this.imports.start(request, fields.file, whenGone(response));
    response.location(this.urls.voicePath(partner.name, voice.name));
    return voiceDetailsDto(voice);
  }
}
