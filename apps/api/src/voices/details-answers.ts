import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { VoicesService } from '#libs/voices';
import { checkQuery } from '../body/fields.pipe.js';
import type { PartnerRef } from '../http/request-context.js';
import { AudioUrls } from './audio-urls.js';
import { voiceDetailsDto, type VoiceDetailsDto } from './voice-details.answers.js';
import { VoiceDetailsQuery } from './voices.dto.js';

/** Answers requests for the details of a voice. */
@Injectable()
export class DetailsAnswers {
  constructor(
    private readonly voices: VoicesService,
    private readonly audioUrls: AudioUrls,
  ) {}

  /** @throws AppError `voice_not_found` | `invalid_parameter` */
  async read(partner: PartnerRef, nameOrId: string, request: Request): Promise<VoiceDetailsDto> {
    if (request.query['audio_urls'] === 'true') return this.readAudible(partner, nameOrId, request);
    const voice = await this.voices.detailsNamed(partner.id, nameOrId);
    request.voice = voice;
    await checkQuery(VoiceDetailsQuery, request.query); // not by the pipe: `voice_not_found` takes precedence
    return voiceDetailsDto(voice);
  }

  private async readAudible(partner: PartnerRef, nameOrId: string, request: Request): Promise<VoiceDetailsDto> {
    const voice = await this.voices.audibleNamed(partner.id, nameOrId);
    request.voice = voice.details;
    await checkQuery(VoiceDetailsQuery, request.query);
    return this.audioUrls.detailsDto(voice);
  }
}
