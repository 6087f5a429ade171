import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { AppError } from '#libs/errors';
import { SamplesService } from '#libs/samples';
import { OBJECT_STORAGE, type ObjectStorage } from '#libs/storage';
import { VoicesService, type VoiceRef } from '#libs/voices';
import { Voice } from '../access/access.decorators.js';
import { ZipResponse } from '../openapi/responses.js';
import { Operation } from '../openapi/operation.js';
import { VoiceParameters } from '../openapi/parameters.js';
import { disposition } from '../files/file-answer.js';
import { failedMidway } from '../http/client-gone.js';
import { voiceDetailsDto } from '../voices/voice-details.answers.js';
import { bundleBytes, sendBundle, voiceInfo, type Bundle } from './bundle.js';

/** How often a voice is read again if it changes meanwhile. */
const maxReads = 5;

@ApiTags('Samples')
@Controller('voices/:partner/:voice/samples-bundle')
export class SamplesBundleController {
  constructor(
    private readonly samples: SamplesService,
    private readonly voices: VoicesService,
    @Inject(OBJECT_STORAGE) private readonly storage: ObjectStorage,
  ) {}

  @Get()
  @Operation({
    summary: 'Download Sample Bundle',
    description:
      'Returns a ZIP archive containing all samples as {index}.opus files and a voice_info.json metadata file.',
    failures: ['voice_not_found'],
  })
  @VoiceParameters()
  @ZipResponse('The archive. Its files are stored without compression.')
  async downloadSampleBundle(
    @Voice() voice: VoiceRef,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const bundle = await this.read(voice.id);
    const headers = {
      'Content-Type': 'application/zip',
      'Content-Length': String(bundleBytes(bundle)),
      'Content-Disposition': disposition(`${voice.name}-samples.zip`),
    };
    if (request.method === 'HEAD') response.set(headers).end();
    else await sendBundle(response, this.storage, bundle, headers).catch(failedMidway(request, response));
  }

  /** Reads a consistent state: the samples are the same before and after the details are read. */
  private async read(voiceId: string): Promise<Bundle> {
    let samples = await this.samples.list(voiceId);
    for (let reads = 0; reads < maxReads; reads += 1) {
      const details = voiceDetailsDto(await this.voices.details(voiceId));
      const after = await this.samples.list(voiceId);
      const unchanged = keysOf(samples) === keysOf(after);
      if (unchanged) return { samples, info: voiceInfo(details), date: new Date(details.updated_at) };
      samples = after;
    }
    throw AppError.of('unavailable', { retryAfterSeconds: 1, causeCode: 'voice_changing' });
  }
}

const keysOf = (samples: readonly { readonly objectKey: string }[]): string =>
  samples.map((sample) => sample.objectKey).join('\n');
