import { Controller, Delete, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { AppError } from '#libs/errors';
import { SamplesService } from '#libs/samples';
import type { SampleDetails, VoiceRef } from '#libs/voices';
import { FindsVoiceItself } from '../access/finds-voice-itself.decorator.js';
import { Partner, Voice } from '../access/found.decorator.js';
import type { PartnerRef } from '../access/request-context.js';
import { UploadedFile } from '../body/checked.decorator.js';
import type { ReceivedFile } from '../body/multipart.js';
import { TakesBody } from '../body/takes-body.decorator.js';
import { parseIndex } from '../body/whole-number.js';
import { AudioResponses } from '../docs/file-responses.js';
import { Operation } from '../docs/operation.js';
import { IndexParameter, VoiceParameters } from '../docs/path-parameters.js';
import { Downloads } from '../downloads/downloads.js';
import { whenGone } from '../http/client-gone.js';
import { SampleDto } from '../voices/voice-answers.js';
import { VoiceLocations } from '../voices/voice-location.js';
import { SampleForm } from './sample-form.js';
import { UploadedSamples } from './uploaded-samples.js';

@ApiTags('Samples')
@Controller('voices/:partner/:voice/samples')
export class SamplesController {
  constructor(
    private readonly samples: SamplesService,
    private readonly uploads: UploadedSamples,
    private readonly downloads: Downloads,
    private readonly locations: VoiceLocations,
  ) {}

  @Post()
  @TakesBody({ file: 'sample' })
  @Operation({
    summary: 'Upload Sample',
    description:
      'Upload a single audio sample. The file is automatically converted to opus 96kbps mono, and the sample can be ' +
      'downloaded as soon as this returns. It gets the next free index, and the embedding becomes stale.',
    body: { form: SampleForm, required: true },
    failures: ['voice_not_found', 'voice_locked', 'too_many_samples', 'unusable_audio', 'insufficient_storage'],
    failureExamples: {
      too_large: 'file may have at most 100 MiB',
      invalid_parameter: refuseWithoutFile,
      unusable_audio: 'The file is empty',
    },
  })
  @VoiceParameters()
  @ApiResponse({
    status: 201,
    description: 'The sample was stored.',
    headers: { Location: { description: 'URL of its audio.', required: true, schema: { type: 'string' } } },
    type: SampleDto,
    example: { index: 1, source_timestamp: null, duration: 12.5 },
  })
  async uploadSample(
    @Partner() partner: PartnerRef,
    @Voice() voice: VoiceRef,
    @UploadedFile() file: ReceivedFile | null,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SampleDetails> {
    if (file === null) refuseWithoutFile();
    const sample = await this.uploads.add(voice.id, file, whenGone(response));
    response.location(`${this.locations.of(partner.name, voice.name)}/samples/${sample.index}`);
    return sample;
  }

  @Get(':index')
  @FindsVoiceItself()
  @Operation({
    summary: 'Download Sample',
    description: 'Returns the opus audio file for the sample at the given index.',
    failures: ['voice_not_found', 'sample_not_found'],
  })
  @VoiceParameters()
  @IndexParameter()
  @AudioResponses()
  async downloadSample(
    @Partner() partner: PartnerRef,
    @Param('voice') voice: string,
    @Param('index') index: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const sample = await this.samples.audio(partner.id, voice, indexIn(index));
    request.voice = sample.voice;
    const object = {
      key: sample.objectKey,
      bytes: sample.bytes,
      etag: `"${sample.sha256}"`,
      contentType: 'audio/ogg',
      downloadName: `${voice}-${index}.opus`,
    };
    await this.downloads.send(request, response, object, 'sample_not_found');
  }

  @Delete(':index')
  @HttpCode(204)
  @Operation({
    summary: 'Delete Sample',
    description:
      'Deletes one sample. The other samples keep their indexes, and the deleted index is not reused until a re-split. ' +
      'The embedding becomes stale.',
    failures: ['voice_not_found', 'voice_locked', 'sample_not_found'],
  })
  @VoiceParameters()
  @IndexParameter()
  @ApiResponse({ status: 204, description: 'The sample was deleted.' })
  async deleteSample(@Voice() voice: VoiceRef, @Param('index') index: string): Promise<void> {
    await this.samples.remove(voice.id, indexIn(index));
  }
}

function refuseWithoutFile(): never {
  throw AppError.field('file', 'file is required, as a part of a multipart/form-data body');
}

/** What is no index names no sample; 0 is none either, so that a locked voice is still told first. */
const indexIn = (text: string): number => parseIndex(text) ?? 0;
