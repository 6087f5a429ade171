import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Put, Query, Req } from '@nestjs/common';
import { ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { parseVoiceName, VoicesService, type VoiceRef, type VoiceUpdate } from '#libs/voices';
import { FindsVoiceItself, Partner, Voice } from '../access/access.decorators.js';
import type { PartnerRef } from '../http/request-context.js';
import { TakesBody } from '../body/body.interceptor.js';
import { rejectionOf } from '../body/fields.pipe.js';
import { DetailsResponse } from '../openapi/responses.js';
import { Operation } from '../openapi/operation.js';
import { VoiceParameters } from '../openapi/parameters.js';
import { DetailsAnswers } from './details-answers.js';
import { voiceDetailsDto, type VoiceDetailsDto } from './voice-details.answers.js';
import { voiceDetailsExample } from './voice-examples.js';
import {
  DeleteVoiceQuery,
  PreferredSampleDto,
  RenameVoiceDto,
  UpdateVoiceDto,
  VoiceDetailsQuery,
} from './voices.dto.js';

@Controller('voices/:partner/:voice')
export class VoicesController {
  constructor(
    private readonly voices: VoicesService,
    private readonly details: DetailsAnswers,
  ) {}

  @Get()
  @FindsVoiceItself()
  @ApiTags('Voices')
  @Operation({
    summary: 'Get Voice Details',
    description:
      'Returns everything known about a voice: its statuses, samples, scores and test samples. Poll this route while ' +
      'a status is `in_progress`. It fails with 404 if the partner has no voice of this name or id.',
    failures: ['voice_not_found', 'invalid_parameter'],
    failureExamples: { invalid_parameter: rejectionOf(VoiceDetailsQuery, { audio_urls: 'yes' }) },
  })
  @VoiceParameters()
  @ApiQuery({
    name: 'audio_urls',
    required: false,
    description:
      'Adds `url` to each sample and test sample, and `original_url`. A browser plays these URLs. They need no API key ' +
      'and are valid for one hour.',
    schema: { type: 'boolean', default: false },
  })
  @DetailsResponse(200, 'The voice details.', voiceDetailsExample)
  getVoice(
    @Partner() partner: PartnerRef,
    @Param('voice') nameOrId: string,
    @Req() request: Request,
  ): Promise<VoiceDetailsDto> {
    return this.details.read(partner, nameOrId, request);
  }

  @Patch()
  @ApiTags('Voices')
  @TakesBody()
  @Operation({
    summary: 'Update Voice',
    description:
      'Changes what is known about a voice. Fields that are missing stay as they are. In JSON, `null` clears a description ' +
      'or a creator. The request fails with 409 while the voice is being processed.',
    body: { type: UpdateVoiceDto, required: true },
    failures: ['voice_not_found', 'voice_locked'],
    failureExamples: { invalid_parameter: rejectionOf(UpdateVoiceDto, { language: 'xx' }) },
  })
  @VoiceParameters()
  @DetailsResponse(200, 'The voice was changed. Returns its details.', voiceDetailsExample)
  async updateVoice(@Voice() voice: VoiceRef, @Body() fields: UpdateVoiceDto): Promise<VoiceDetailsDto> {
    const { language, labels, description, creator_name: creatorName, creator_email: creatorEmail } = fields;
    const given = Object.entries({ language, labels, description, creatorName, creatorEmail });
    const update: VoiceUpdate = Object.fromEntries(given.filter(([, value]) => value !== undefined));
    return voiceDetailsDto(await this.voices.update(voice.id, update));
  }

  @Delete()
  @HttpCode(204)
  @ApiTags('Voices')
  @Operation({
    summary: 'Delete Voice',
    description:
      'Deletes a voice with its recording, samples and embeddings. Voices cannot be deleted while splitting or ' +
      'embedding is in progress. You will receive a 409 Conflict response. With `force` such a voice is deleted too: its ' +
      'processing is cancelled first, also on the GPU.',
    failures: ['voice_not_found', 'invalid_parameter', 'voice_locked'],
    failureExamples: { invalid_parameter: rejectionOf(DeleteVoiceQuery, { force: 'yes' }) },
  })
  @VoiceParameters()
  @ApiQuery({
    name: 'force',
    required: false,
    description: 'Deletes the voice even while it is being processed.',
    schema: { type: 'boolean', default: false },
  })
  @ApiResponse({
    status: 204,
    description: 'The voice was deleted. Its URLs stop working at once, and its files are erased within 60 s.',
  })
  deleteVoice(@Voice() voice: VoiceRef, @Query() query: DeleteVoiceQuery): Promise<void> {
    return this.voices.remove(voice.id, { force: query.force ?? false });
  }

  @Put('name')
  @ApiTags('Voices')
  @TakesBody()
  @Operation({
    summary: 'Rename Voice',
    description:
      'Gives a voice a new name. Its URLs change with the name. Its files and results stay. The request fails with 409 ' +
      'while the voice is being processed, or if the partner already has a voice of the new name.',
    body: { type: RenameVoiceDto, required: true },
    failures: ['voice_not_found', 'voice_locked', 'voice_exists'],
    failureExamples: { invalid_parameter: rejectionOf(RenameVoiceDto, {}) },
  })
  @VoiceParameters()
  @DetailsResponse(200, 'The voice was renamed. Returns its details.', {
    ...voiceDetailsExample,
    name: 'speaker-1-renamed',
  })
  async renameVoice(@Voice() voice: VoiceRef, @Body() fields: RenameVoiceDto): Promise<VoiceDetailsDto> {
    return voiceDetailsDto(await this.voices.rename(voice.id, parseVoiceName(fields.name)));
  }

  @Put('preferred-sample')
  @ApiTags('Embedding')
  @TakesBody()
  @Operation({
    summary: 'Set Preferred Sample',
    description:
      'Sets the preferred sample index based on quality scores or manual selection. Until you choose one, each ' +
      'embedding selects the sample with the best score whose grade is not `poor`, if there is one. Your choice stays until you clear it, delete the sample or ' +
      're-split the voice. The request fails with 404 if the voice has no sample with this index.',
    body: { type: PreferredSampleDto, required: true },
    failures: ['voice_not_found', 'voice_locked', 'sample_not_found'],
    failureExamples: { invalid_parameter: rejectionOf(PreferredSampleDto, { sample_index: 0 }) },
  })
  @VoiceParameters()
  @DetailsResponse(200, 'The preferred sample was set or cleared. Returns the voice details.', voiceDetailsExample)
  async setPreferredSample(@Voice() voice: VoiceRef, @Body() fields: PreferredSampleDto): Promise<VoiceDetailsDto> {
    return voiceDetailsDto(await this.voices.setPreferredSample(voice.id, fields.sample_index));
  }
}
