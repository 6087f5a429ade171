import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post } from '@nestjs/common';
import { ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { AppError } from '#libs/errors';
import { maxListedRecomputes, RecomputeService } from '#libs/recompute';
import { AdminOnly } from '../access/access.decorators.js';
import { TakesBody } from '../body/body.interceptor.js';
import { rejectionOf } from '../body/fields.pipe.js';
import { Operation } from '../openapi/operation.js';
import { recomputeAnswer, RecomputeDetailsDto, StartedRecomputeDto } from './recompute.answers.js';
import { RecomputeDto } from './recompute.dto.js';

const IdPipe = new ParseUUIDPipe({ exceptionFactory: () => AppError.of('recompute_not_found') });

const IdParameter = (): MethodDecorator =>
  ApiParam({
    name: 'id',
    description: 'Id of the recompute, as its start and the list give it.',
    schema: { type: 'string', format: 'uuid', example: '3f8a6f9e-4f0c-4a53-8f5e-6f1d5f1f0a11' },
  });

@ApiTags('Admin')
@AdminOnly()
@Controller('admin/recompute')
export class RecomputeController {
  constructor(private readonly recomputes: RecomputeService) {}

  @Post()
  @HttpCode(202)
  @TakesBody()
  @Operation({
    summary: 'Start Recompute',
    description:
      'Embeds voices again in the background, for example after the engine was upgraded: every voice that has an ' +
      'embedding of this TTS type, or only those of older engines or of one partner. Each is embedded as its current ' +
      'embedding was, with the same language and test sentences. At most RECOMPUTE_AT_A_TIME voices are locked at a ' +
      'time. None is started while a job that a client has asked for is due.',
    body: { type: RecomputeDto, required: true },
    failures: ['partner_not_found'],
    failureExamples: { invalid_parameter: rejectionOf(RecomputeDto, {}) },
  })
  @ApiResponse({
    status: 202,
    description: 'The recompute was started. After a dry run, only the number of its voices.',
    type: StartedRecomputeDto,
  })
  startRecompute(@Body() fields: RecomputeDto): Promise<StartedRecomputeDto> {
    return this.recomputes.start({
      ttsType: fields.tts_type,
      engineOlderThan: fields.engine_older_than ?? null,
      partner: fields.partner ?? null,
      isDryRun: fields.dry_run ?? false,
    });
  }

  @Get()
  @Operation({ summary: 'List Recomputes', description: 'Returns the recomputes, newest first.' })
  @ApiResponse({
    status: 200,
    description: `The newest recomputes, up to ${maxListedRecomputes}.`,
    type: [RecomputeDetailsDto],
  })
  async listRecomputes(): Promise<RecomputeDetailsDto[]> {
    return (await this.recomputes.list()).map(recomputeAnswer);
  }

  @Get(':id')
  @Operation({
    summary: 'Get Recompute',
    description: 'Returns how far a recompute has come, and when it will have finished at its own rate.',
    failures: ['recompute_not_found'],
  })
  @IdParameter()
  @ApiResponse({ status: 200, description: 'The recompute.', type: RecomputeDetailsDto })
  async getRecompute(@Param('id', IdPipe) id: string): Promise<RecomputeDetailsDto> {
    return recomputeAnswer(await this.recomputes.get(id));
  }

  @Post(':id/cancel')
  @HttpCode(202)
  @Operation({
    summary: 'Cancel Recompute',
    description:
      'Ends a recompute: no further voice is embedded. Voices that are being embedded are finished. A recompute that has ' +
      'ended is not changed.',
    failures: ['recompute_not_found'],
  })
  @IdParameter()
  @ApiResponse({ status: 202, description: 'No further voice is embedded.', type: RecomputeDetailsDto })
  async cancelRecompute(@Param('id', IdPipe) id: string): Promise<RecomputeDetailsDto> {
    return recomputeAnswer(await this.recomputes.cancel(id));
  }
}
