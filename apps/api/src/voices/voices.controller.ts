import { Controller, Delete, Get, HttpCode, Param, Put, Req } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { parseVoiceName, VoicesService, type VoiceDetails, type VoiceRef } from '#libs/voices';
import { FindsVoiceItself } from '../access/finds-voice-itself.decorator.js';
import { Partner, Voice } from '../access/found.decorator.js';
import type { PartnerRef } from '../access/request-context.js';
import { checkFields } from '../body/check-fields.js';
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
  @Operation({
    summary: 'Get Voice Details',
    description:
      'Returns everything known about a voice: its statuses, samples, scores and test samples. Poll this route while ' +
      'a status is `in_progress`.',
    failures: ['voice_not_found'],
  })
  @VoiceParameters()
  @DetailsResponse(200, 'The voice details.', voiceDetailsExample)
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
      'Deletes a voice with its recording, samples and embeddings. Voices cannot be deleted while splitting or ' +
      'embedding is in progress. You will receive a 409 Conflict response.',
    failures: ['voice_not_found', 'voice_locked'],
  })
  @VoiceParameters()
  @ApiResponse({
    status: 204,
    description: 'The voice was deleted. Its URLs stop working at once, and its files are erased within 60 s.',
  })
  deleteVoice(@Voice() voice: VoiceRef): Promise<void> {
    return this.voices.remove(voice.id);
  }

  @Put('name')
  @ApiTags('Voices')
  @TakesBody({ fields: RenameVoiceFields })
  @Operation({
    summary: 'Rename Voice',
    description: 'Gives a voice a new name. Its URLs change with the name; its files and results stay.',
    body: { fields: RenameVoiceFields, required: true },
    failures: ['voice_not_found', 'voice_locked', 'voice_exists'],
    failureExamples: { invalid_parameter: () => checkFields(RenameVoiceFields, {}) },
  })
  @VoiceParameters()
  @DetailsResponse(200, 'The voice was renamed. Returns its details.', {
    ...voiceDetailsExample,
    name: 'speaker-1-renamed',
  })
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
    description:
      'Sets the preferred sample index based on quality scores or manual selection. Until you choose one, each ' +
      'embedding selects the sample with the best score. Your choice stays until you clear it, delete the sample or ' +
      're-split the voice.',
    body: { fields: PreferredSampleFields, required: true },
    failures: ['voice_not_found', 'voice_locked', 'sample_not_found'],
    failureExamples: { invalid_parameter: () => readPreferredSample({ sample_index: 0 }) },
  })
  @VoiceParameters()
  @DetailsResponse(200, 'The preferred sample was set or cleared. Returns the voice details.', voiceDetailsExample)
  async setPreferredSample(@Voice() voice: VoiceRef, @ReceivedFields() fields: Fields): Promise<VoiceDetails> {
    return this.voices.setPreferredSample(voice.id, readPreferredSample(fields));
  }
}
