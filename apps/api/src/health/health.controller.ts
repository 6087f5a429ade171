import { Controller, Get, Res } from '@nestjs/common';
import { ApiProperty, ApiResponse, ApiSchema, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Health, type DependencyState, type Readiness, type ScratchHealth, type StorageHealth } from '#libs/monitoring';
import { Public } from '../access/access.decorators.js';
import { Operation } from '../openapi/operation.js';

const StateProperty = (description: string): PropertyDecorator =>
  ApiProperty({
    enum: ['up', 'down'],
    enumName: 'DependencyState',
    enumSchema: { description: 'Whether a dependency answers.' },
    example: 'up',
    description,
  });

@ApiSchema({ name: 'Liveness' })
export class LivenessDto {
  @ApiProperty({ enum: ['live'], description: 'Always `live`.', example: 'live' })
  readonly status: 'live';
}

@ApiSchema({ name: 'Dependencies' })
export class DependenciesDto {
  @StateProperty('The database.')
  readonly postgres: DependencyState;

  @ApiProperty({
    enum: ['up', 'read_only', 'down'],
    enumName: 'StorageState',
    example: 'up',
    description: 'Where recordings and results are kept. While it is read-only, reads are served and uploads get 503.',
  })
  readonly storage: StorageHealth;

  @ApiProperty({
    enum: ['up', 'full', 'down'],
    enumName: 'ScratchState',
    example: 'up',
    description: 'The folder of this process for uploads under way. While it is full, uploads get 507.',
  })
  readonly scratch: ScratchHealth;

  @StateProperty('Queues and rate limits. Requests are served without it.')
  readonly redis: DependencyState;
}

@ApiSchema({ name: 'Readiness' })
export class ReadinessDto implements Readiness {
  @ApiProperty({
    enum: ['ready', 'not_ready', 'stopping'],
    enumName: 'ReadinessStatus',
    description: 'Whether requests can be served. A process that is about to end says `stopping`; it still serves.',
    example: 'ready',
  })
  readonly status: Readiness['status'];

  @ApiProperty({ type: DependenciesDto, description: 'State of each dependency.' })
  readonly dependencies: DependenciesDto;
}

@ApiTags('Health')
@Public()
@Controller('health')
export class HealthController {
  constructor(private readonly health: Health) {}

  @Get('live')
  @Operation({
    summary: 'Liveness',
    description: 'Tells whether the process is running. It checks no dependency.',
    open: true,
  })
  @ApiResponse({ status: 200, description: 'The process is running.', type: LivenessDto })
  getLiveness(): LivenessDto {
    return { status: 'live' };
  }

  @Get('ready')
  @Operation({
    summary: 'Readiness',
    description:
      'Tells whether requests can be served. That needs Postgres, the storage and a folder for uploads under way.',
    open: true,
  })
  @ApiResponse({ status: 200, description: 'Requests can be served.', type: ReadinessDto })
  @ApiResponse({
    status: 503,
    description: 'No requests should be sent here. The body says which dependency is down.',
    type: ReadinessDto,
  })
  async getReadiness(@Res({ passthrough: true }) response: Response): Promise<Readiness> {
    const readiness = await this.health.readiness();
    response.status(readiness.status === 'ready' ? 200 : 503);
    return readiness;
  }
}
