import { Controller, Delete, Get, HttpCode, Injectable, Param, Post, type PipeTransform } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { EmbeddingRunsService } from '#libs/embeddings';
import { DownloadUrls } from '#libs/storage';
import type { VoiceRef } from '#libs/voices';
import { Voice } from '../access/access.decorators.js';
import { Operation } from '../openapi/operation.js';
import { VoiceParameters } from '../openapi/parameters.js';
import { DetailsResponse } from '../openapi/responses.js';
import { voiceDetailsDto, type VoiceDetailsDto } from '../voices/voice-details.answers.js';
import { voiceDetailsExample } from '../voices/voice-examples.js';
import {
  EmbeddingRunDetailsDto,
  EmbeddingRunDto,
  exampleRunId,
  runDetailsDto,
  runDetailsExample,
  runDto,
  runExample,
  type RunUrls,
} from './embedding-runs.answers.js';

const urlSeconds = 3600;

/**
 * Anything that is not a UUID becomes one that no run has. The pipe does not throw, so that `voice_locked` takes
 * precedence.
 */
@Injectable()
class RunIdPipe implements PipeTransform<string, string> {
  transform(text: string): string {
    return isUUID(text) ? text : '00000000-0000-0000-0000-000000000000';
  }
}

const RunParameter = (): MethodDecorator =>
  ApiParam({
    name: 'run_id',
    description: 'Id of the run, as the list of runs returns it.',
    schema: { type: 'string', format: 'uuid', example: exampleRunId },
  });

@ApiTags('Embedding')
@Controller('voices/:partner/:voice/embedding-runs')
export class EmbeddingRunsController {
  constructor(
    private readonly runs: EmbeddingRunsService,
    private readonly downloads: DownloadUrls,
  ) {}

  @Get()
  @Operation({
    summary: 'List Embedding Runs',
    description:
      'Returns the embedding runs of a voice that are kept, of all TTS types, the newest first. By default the current ' +
      'run of each TTS type and the two that were current last are kept.',
    failures: ['voice_not_found'],
  })
  @VoiceParameters()
  @ApiResponse({ status: 200, description: 'The runs, possibly none.', type: [EmbeddingRunDto], example: [runExample] })
  async listRuns(@Voice() voice: VoiceRef): Promise<EmbeddingRunDto[]> {
    return (await this.runs.list(voice.id)).map(runDto);
  }

  @Get(':run_id')
  @Operation({
    summary: 'Get Embedding Run',
    description:
      'Returns a run with its scores and test samples, and with URLs of its files, to compare it with another one. The ' +
      'URLs need no API key and are valid for one hour.',
    failures: ['voice_not_found', 'run_not_found'],
  })
  @VoiceParameters()
  @RunParameter()
  @ApiResponse({ status: 200, description: 'The run.', type: EmbeddingRunDetailsDto, example: runDetailsExample })
  async getRun(@Voice() voice: VoiceRef, @Param('run_id', RunIdPipe) id: string): Promise<EmbeddingRunDetailsDto> {
    return runDetailsDto(await this.runs.find(voice.id, id), this.urlsOf(voice));
  }

  @Post(':run_id/restore')
  @HttpCode(200)
  @Operation({
    summary: 'Restore Embedding Run',
    description:
      'Makes an earlier run the current one of its TTS type at once: embeddings, scores and test samples are those of ' +
      'that run again, and its TTS type becomes the type of the voice. Nothing is computed. No run is lost: the one ' +
      'before can be restored in the same way. The request fails with 409 while the voice is being processed, if the ' +
      'samples that the run was made of were replaced or are all deleted, or if the operator requires a consent and none ' +
      'is on record.',
    failures: ['voice_not_found', 'run_not_found', 'voice_locked', 'run_samples_gone', 'no_consent'],
  })
  @VoiceParameters()
  @RunParameter()
  @DetailsResponse(200, 'The run is the current one. Returns the voice details.', voiceDetailsExample)
  async restoreRun(@Voice() voice: VoiceRef, @Param('run_id', RunIdPipe) id: string): Promise<VoiceDetailsDto> {
    return voiceDetailsDto(await this.runs.restore(voice.id, id));
  }

  @Delete(':run_id')
  @HttpCode(204)
  @Operation({
    summary: 'Delete Embedding Run',
    description:
      'Deletes a run with its embeddings and test samples. Its files are removed within 75 minutes, when no signed URL ' +
      'is valid any more. The request fails with 409 while the voice is being processed, or if the run is the current ' +
      'one of its TTS type.',
    failures: ['voice_not_found', 'run_not_found', 'voice_locked', 'run_is_current'],
  })
  @VoiceParameters()
  @RunParameter()
  @ApiResponse({ status: 204, description: 'The run was deleted.' })
  async deleteRun(@Voice() voice: VoiceRef, @Param('run_id', RunIdPipe) id: string): Promise<void> {
    await this.runs.remove(voice.id, id);
  }

  private urlsOf({ name }: VoiceRef): RunUrls {
    const expiresInSeconds = urlSeconds;
    const audio = { expiresInSeconds, contentType: 'audio/ogg', inline: true };
    const zip = { expiresInSeconds, contentType: 'application/zip' };
    return {
      audio: (key, filename) => this.downloads.sign(key, { ...audio, downloadName: `${name}-${filename}` }),
      zip: (key, ttsType) => this.downloads.sign(key, { ...zip, downloadName: `${name}-${ttsType}.zip` }),
    };
  }
}
