import { Controller, Get, Res } from '@nestjs/common';
import { ApiProperty, ApiResponse, ApiSchema, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Health, type DependencyState, type Readiness } from '#libs/monitoring';
import { Public } from '../access/public.decorator.js';
import { Operation } from '../docs/operation.js';

const StateProperty = (description: string): PropertyDecorator =>
  ApiProperty({ enum: ['up', 'down'], example: 'up', description });

@ApiSchema({ name: 'Liveness' })
export class LivenessDto {
  @ApiProperty({ enum: ['live'], description: 'Always `live`.', example: 'live' })
  readonly status: 'live';
}

@ApiSchema({ name: 'Dependencies' })
export class DependenciesDto {
  @StateProperty('The database.')
  readonly postgres: DependencyState;

  @StateProperty('Where recordings and results are kept.')
  readonly storage: DependencyState;

  @StateProperty('Queues and rate limits. Requests are served without it.')
  readonly redis: DependencyState;
}

@ApiSchema({ name: 'Readiness' })
export class ReadinessDto implements Readiness {
  @ApiProperty({ enum: ['ready', 'not_ready'], description: 'Whether requests can be served.', example: 'ready' })
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
    description: 'Tells whether requests can be served. That needs Postgres and the storage.',
    open: true,
  })
  @ApiResponse({ status: 200, description: 'Requests can be served.', type: ReadinessDto })
  @ApiResponse({
    status: 503,
    description: 'Requests cannot be served. The body says which dependency is down.',
    type: ReadinessDto,
  })
  async getReadiness(@Res({ passthrough: true }) response: Response): Promise<Readiness> {
    const readiness = await this.health.readiness();
    response.status(readiness.status === 'ready' ? 200 : 503);
    return readiness;
  }
}
