import { Controller, Delete, Get, HttpCode, Param, Put, Req } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { parseVoiceName, VoicesService, type VoiceDetails, type VoiceRef } from '#libs/voices';
import { FindsVoiceItself } from '../access/finds-voice-itself.decorator.js';
import { Partner, Voice } from '../access/found.decorator.js';
import type { PartnerRef } from '../access/request-context.js';
import { CheckedFields, ReceivedFields } from '../body/checked.decorator.js';
import type { Fields } from '../body/fields.js';
import { TakesBody } from '../body/takes-body.decorator.js';
import { DetailsResponse } from '../docs/details-response.js';
import { Operation } from '../docs/operation.js';
import { VoiceParameters } from '../docs/path-parameters.js';
import { PreferredSampleFields, readPreferredSample } from './preferred-sample-fields.js';
import { voiceDetailsExample } from './voice-examples.js';
import { RenameVoiceFields } from './voice-fields.js';

@Controller('voices/:partner/:voice')
export class VoicesController {
  constructor(private readonly voices: VoicesService) {}

  @Get()
  @FindsVoiceItself()
  @ApiTags('Voices')
  @Operation({ summary: 'Get Voice Details', failures: ['voice_not_found'] })
  @VoiceParameters()
  @DetailsResponse(200, "The voice's details.", voiceDetailsExample)
  async getVoice(
    @Partner() partner: PartnerRef,
    @Param('voice') name: string,
    @Req() request: Request,
  ): Promise<VoiceDetails> {
    const { voice, details } = await this.voices.detailsNamed(partner.id, name);
    request.voice = voice;
    return details;
  }

  @Delete()
  @HttpCode(204)
  @ApiTags('Voices')
  @Operation({
    summary: 'Delete Voice',
    description:
      'Voices cannot be deleted while splitting or embedding is in progress. You will receive a 409 Conflict response.',
    failures: ['voice_not_found', 'voice_locked'],
  })
  @VoiceParameters()
  @ApiResponse({ status: 204, description: 'Deleted; its bytes are gone within 60 s.' })
  deleteVoice(@Voice() voice: VoiceRef): Promise<void> {
    return this.voices.remove(voice.id);
  }

  @Put('name')
  @ApiTags('Voices')
  @TakesBody({ fields: RenameVoiceFields })
  @Operation({
    summary: 'Rename Voice',
    body: { fields: RenameVoiceFields, required: true },
    failures: ['voice_not_found', 'voice_locked', 'voice_exists'],
  })
  @VoiceParameters()
  @DetailsResponse(200, "The renamed voice's details.", { ...voiceDetailsExample, name: 'speaker-1-renamed' })
  async renameVoice(
    @Voice() voice: VoiceRef,
    @CheckedFields(RenameVoiceFields) fields: RenameVoiceFields,
  ): Promise<VoiceDetails> {
    return this.voices.rename(voice.id, parseVoiceName(fields.name));
  }

  @Put('preferred-sample')
  @ApiTags('Embedding')
  @TakesBody({ fields: PreferredSampleFields })
  @Operation({
    summary: 'Set Preferred Sample',
    description: 'Sets the preferred sample index based on quality scores or manual selection.',
    body: { fields: PreferredSampleFields, required: true },
    failures: ['voice_not_found', 'voice_locked', 'sample_not_found'],
  })
  @VoiceParameters()
  @DetailsResponse(200, "The voice's details.", voiceDetailsExample)
  async setPreferredSample(@Voice() voice: VoiceRef, @ReceivedFields() fields: Fields): Promise<VoiceDetails> {
    return this.voices.setPreferredSample(voice.id, readPreferredSample(fields));
  }
}
