import { randomUUID } from 'node:crypto';
import { Controller, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { AppError } from '#libs/errors';
import { parseVoiceName, VoicesService, type NewVoice, type VoiceDetails } from '#libs/voices';
import { Partner } from '../access/found.decorator.js';
import type { PartnerRef } from '../access/request-context.js';
import { checkFields } from '../body/check-fields.js';
import { CheckedFields, ReceivedFields, UploadedFile } from '../body/checked.decorator.js';
import type { Fields } from '../body/fields.js';
import type { ReceivedFile } from '../body/multipart.js';
import { TakesBody } from '../body/takes-body.decorator.js';
import { DetailsResponse } from '../docs/details-response.js';
import { Operation } from '../docs/operation.js';
import { PartnerParameter } from '../docs/path-parameters.js';
import { Recordings } from './recordings.js';
import { newVoiceExample, voiceDetailsExample } from './voice-examples.js';
import { CreateEmptyVoiceFields, CreateVoiceFields, CreateVoiceForm } from './voice-fields.js';
import { VoiceLocations } from './voice-location.js';

@ApiTags('Voices')
@Controller('voices/:partner')
export class CreateVoicesController {
  constructor(
    private readonly voices: VoicesService,
    private readonly recordings: Recordings,
    private readonly locations: VoiceLocations,
  ) {}

  @Post()
  @TakesBody({ fields: CreateVoiceFields, file: 'recording' })
  @Operation({
    summary: 'Create Voice (with Audio)',
    description:
      'Creates a voice. Uploading an audio file automatically triggers splitting and embedding. The response is sent ' +
      'when the recording has been checked and stored; poll the voice details for the result. Without `file` the voice ' +
      'stays empty; its fields may then also be sent as application/x-www-form-urlencoded or JSON.',
    body: { form: CreateVoiceForm, required: true },
    failures: ['partner_not_found', 'voice_exists', 'unusable_audio', 'insufficient_storage'],
    failureExamples: {
      too_large: 'file may have at most 2 GiB',
      invalid_parameter: () => checkFields(CreateVoiceFields, {}),
      unusable_audio: 'The file is empty',
    },
  })
  @PartnerParameter()
  @DetailsResponse(201, 'The voice was created. Returns its details.', newVoiceExample)
  async createVoice(
    @Partner() partner: PartnerRef,
    @CheckedFields(CreateVoiceFields) fields: CreateVoiceFields,
    @ReceivedFields() received: Fields,
    @UploadedFile() file: ReceivedFile | null,
    @Res({ passthrough: true }) response: Response,
  ): Promise<VoiceDetails> {
    const voice = newVoice(partner, fields);
    if (file === null && (received['file'] ?? '') !== '') {
      throw AppError.field('file', 'file must be a file part of a multipart/form-data body');
    }
    response.location(this.locations.of(partner.name, voice.name));
    return file === null ? this.voices.create(voice, null) : this.recordings.createVoice(voice, file);
  }

  @Post('empty')
  @TakesBody({ fields: CreateEmptyVoiceFields })
  @Operation({
    summary: 'Create Empty Voice',
    description:
      'Creates a voice without an audio file. Use this when uploading samples manually. Nothing is processed until ' +
      'samples are uploaded and an embedding is queued.',
    body: { fields: CreateEmptyVoiceFields, required: true },
    failures: ['partner_not_found', 'voice_exists'],
    failureExamples: { invalid_parameter: () => checkFields(CreateEmptyVoiceFields, {}) },
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
    @CheckedFields(CreateEmptyVoiceFields) fields: CreateEmptyVoiceFields,
    @Res({ passthrough: true }) response: Response,
  ): Promise<VoiceDetails> {
    const voice = newVoice(partner, fields);
    response.location(this.locations.of(partner.name, voice.name));
    return this.voices.create(voice, null);
  }
}

function newVoice(partner: PartnerRef, fields: CreateVoiceFields): NewVoice {
  return {
    id: randomUUID(),
    partnerId: partner.id,
    name: parseVoiceName(fields.name),
    creatorName: fields.creator_name ?? null,
    creatorEmail: fields.creator_email ?? null,
  };
}
