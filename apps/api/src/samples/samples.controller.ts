import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { SamplesService } from '#libs/samples';
import type { VoiceRef } from '#libs/voices';
import { FindsVoiceItself, Partner, Voice } from '../access/access.decorators.js';
import { QuotaGuard } from '../access/quota.guard.js';
import type { PartnerRef } from '../http/request-context.js';
import { TakesBody } from '../body/body.interceptor.js';
import { rejectionOf } from '../body/fields.pipe.js';
import { PublicUrls } from '../http/links.js';
import { FileResponses } from '../openapi/responses.js';
import { Operation } from '../openapi/operation.js';
import { IndexParameter, VoiceParameters } from '../openapi/parameters.js';
import { Downloads } from '../files/downloads.js';
import { whenGone } from '../http/client-gone.js';
import { SampleIndexPipe, UploadSampleDto } from './samples.dto.js';
import { UploadedSamplesService } from './uploaded-samples.service.js';
import { qualityExample } from './quality.answers.js';
import { SampleDto, sampleDto } from './samples.answers.js';

@ApiTags('Samples')
@Controller('voices/:partner/:voice/samples')
export class SamplesController {
  constructor(
    private readonly samples: SamplesService,
    private readonly uploads: UploadedSamplesService,
    private readonly downloads: Downloads,
    private readonly urls: PublicUrls,
  ) {}

  @Post()
  @UseGuards(QuotaGuard)
  @TakesBody({ file: 'sample' })
  @Operation({
    summary: 'Upload Sample',
    description:
      'Upload a single audio sample. The file is automatically converted to opus 96kbps mono, and the sample can be ' +
      'downloaded as soon as this returns. It gets the next free index, and the embedding becomes stale. The request ' +
      'fails with 409 while the voice is being processed or if it has 500 samples, and with 422 if the file contains ' +
      'no usable audio.',
    body: { type: UploadSampleDto, required: true, hasFile: true },
    failures: [
      'voice_not_found',
      'quota_exceeded',
      'voice_locked',
      'too_many_samples',
      'unusable_audio',
      'insufficient_storage',
    ],
    failureExamples: {
      malformed_request: 'The multipart body is malformed',
      too_large: 'file may have at most 100 MiB',
      invalid_parameter: rejectionOf(UploadSampleDto, {}),
      unusable_audio: 'The file is empty',
    },
  })
  @VoiceParameters()
  @ApiResponse({
    status: 201,
    description: 'The sample was stored.',
    headers: { Location: { description: 'URL of its audio.', required: true, schema: { type: 'string' } } },
    type: SampleDto,
    example: { index: 1, source_timestamp: null, start: null, duration: 12.5, quality: qualityExample },
  })
  async uploadSample(
    @Partner() partner: PartnerRef,
    @Voice() voice: VoiceRef,
    @Body() { file }: UploadSampleDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SampleDto> {
    const sample = await this.uploads.add(voice, file, whenGone(response));
    response.location(`${this.urls.voicePath(partner.name, voice.name)}/samples/${sample.index}`);
    return sampleDto(sample);
  }

  @Get(':index')
  @FindsVoiceItself()
  @Operation({
    summary: 'Download Sample',
    description:
      'Returns the opus audio file for the sample at the given index. It supports range and conditional requests.',
    failures: ['voice_not_found', 'sample_not_found'],
  })
  @VoiceParameters()
  @IndexParameter()
  @FileResponses()
  async downloadSample(
    @Partner() partner: PartnerRef,
    @Param('voice') nameOrId: string,
    @Param('index', SampleIndexPipe) index: number,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const sample = await this.samples.audio(partner.id, nameOrId, index);
    request.voice = sample.voice;
    const object = {
      key: sample.objectKey,
      bytes: sample.bytes,
      etag: `"${sample.sha256}"`,
      contentType: 'audio/ogg',
      downloadName: `${sample.voice.name}-${index}.opus`,
    };
    await this.downloads.send(request, response, object, 'sample_not_found');
  }

  @Delete(':index')
  @HttpCode(204)
  @Operation({
    summary: 'Delete Sample',
    description:
      'Deletes one sample. The other samples keep their indexes, and the deleted index is not reused until a re-split. ' +
      'The embedding becomes stale. The request fails with 409 while the voice is being processed.',
    failures: ['voice_not_found', 'voice_locked', 'sample_not_found'],
  })
  @VoiceParameters()
  @IndexParameter()
  @ApiResponse({ status: 204, description: 'The sample was deleted.' })
  async deleteSample(@Voice() voice: VoiceRef, @Param('index', SampleIndexPipe) index: number): Promise<void> {
    await this.samples.remove(voice.id, index);
  }
}
