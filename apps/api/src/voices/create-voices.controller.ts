import { randomUUID } from 'node:crypto';
import { Body, Controller, Inject, Post, Res, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { CONFIG, type Config } from '#libs/config';
import type { SplitMode } from '#libs/audio';
import { defaultLanguage, parseVoiceName, VoicesService, type NewVoice, type RequestedSplit } from '#libs/voices';
import { Partner } from '../access/access.decorators.js';
import { QuotaGuard } from '../access/quota.guard.js';
import type { PartnerRef } from '../http/request-context.js';
import { TakesBody } from '../body/body.interceptor.js';
import { rejectionOf } from '../body/fields.pipe.js';
import { PublicUrls } from '../http/links.js';
import { DetailsResponse } from '../openapi/responses.js';
import { Operation } from '../openapi/operation.js';
import { PartnerParameter } from '../openapi/parameters.js';
import { requestedSplit } from '../splitting/split-fields.js';
import { RecordingsService } from './recordings.service.js';
import { voiceDetailsDto, type VoiceDetailsDto } from './voice-details.answers.js';
import { newVoiceExample, voiceDetailsExample } from './voice-examples.js';
import { CreateEmptyVoiceDto, CreateVoiceDto } from './voices.dto.js';

@ApiTags('Voices')
@Controller('voices/:partner')
export class CreateVoicesController {
  constructor(
    private readonly voices: VoicesService,
    private readonly recordings: RecordingsService,
    private readonly urls: PublicUrls,
    @Inject(CONFIG) private readonly config: Pick<Config, 'splitMode'>,
  ) {}

  @Post()
  @UseGuards(QuotaGuard)
  @TakesBody({ file: 'recording' })
  @Operation({
    summary: 'Create Voice (with Audio)',
    description:
      'Creates a voice. Uploading an audio file automatically triggers splitting and embedding; poll the voice details for ' +
      'the result. The response is sent when the recording has been checked and stored. Without `file` the voice stays ' +
      'empty, and the fields may also be sent as application/x-www-form-urlencoded or JSON. The request fails with 409 if ' +
      'the partner already has a voice of this name, and with 422 if the file contains no usable audio.',
    body: { type: CreateVoiceDto, required: true, hasFile: true },
    failures: ['partner_not_found', 'quota_exceeded', 'voice_exists', 'unusable_audio', 'insufficient_storage'],
    failureExamples: {
      malformed_request: 'The multipart body is malformed',
      too_large: 'file may have at most 2 GiB',
      invalid_parameter: rejectionOf(CreateVoiceDto, {}),
      unusable_audio: 'The file is empty',
    },
  })
  @PartnerParameter()
  @DetailsResponse(201, 'The voice was created. Returns its details.', newVoiceExample)
  async createVoice(
    @Partner() partner: PartnerRef,
    @Body() fields: CreateVoiceDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<VoiceDetailsDto> {
    const voice = newVoice(partner, fields);
    const split = splitOf(fields, this.config.splitMode);
    response.location(this.urls.voicePath(partner.name, voice.name));
    return voiceDetailsDto(
      await (fields.file ? this.recordings.createVoice(voice, fields.file, split) : this.voices.create(voice, null)),
    );
  }

  @Post('empty')
  @TakesBody()
  @Operation({
    summary: 'Create Empty Voice',
    description:
      'Creates a voice without an audio file. Use this when uploading samples manually. Nothing is processed until ' +
      'samples are uploaded and an embedding is queued. The request fails with 409 if the partner already has a voice ' +
      'of this name.',
    body: { type: CreateEmptyVoiceDto, required: true },
    failures: ['partner_not_found', 'quota_exceeded', 'voice_exists'],
    failureExamples: { invalid_parameter: rejectionOf(CreateEmptyVoiceDto, {}) },
  })
  @PartnerParameter()
  @DetailsResponse(201, 'The voice was created. Returns its details.', {
    ...voiceDetailsExample,
    name: 'speaker-2',
    creator_name: null,
    creator_email: null,
    original_filename: null,
    original_uploaded_name: null,
    original_duration: null,
    status: { splitting: 'idle', embedding: 'idle' },
    samples: [],
    embedding_info: null,
    embedding_zip_url: null,
    preferred_sample_index: null,
  })
  async createEmptyVoice(
    @Partner() partner: PartnerRef,
    @Body() fields: CreateEmptyVoiceDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<VoiceDetailsDto> {
    const voice = newVoice(partner, fields);
    response.location(this.urls.voicePath(partner.name, voice.name));
    return voiceDetailsDto(await this.voices.create(voice, null));
  }
}

function splitOf(fields: CreateVoiceDto, defaultMode: SplitMode): RequestedSplit {
  const given = {
    mode: fields.split_mode,
    max_samples: fields.split_max_samples,
    sample_duration: fields.split_sample_duration,
    min_duration: fields.split_min_duration,
    select: fields.split_select,
  };
  return requestedSplit(given, defaultMode, 'split_');
}

function newVoice(partner: PartnerRef, fields: CreateEmptyVoiceDto): NewVoice {
  return {
    id: randomUUID(),
    partnerId: partner.id,
    name: parseVoiceName(fields.name),
    creatorName: fields.creator_name ?? null,
    creatorEmail: fields.creator_email ?? null,
    language: fields.language ?? defaultLanguage,
    labels: fields.labels ?? [],
    description: fields.description ?? null,
  };
}
