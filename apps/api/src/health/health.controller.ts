import { Controller, Get, Res } from '@nestjs/common';
import { ApiProperty, ApiResponse, ApiSchema, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Health, type DependencyState, type Readiness } from '#libs/monitoring';
import { Public } from '../access/public.decorator.js';
import { Operation } from '../docs/operation.js';

const StateProperty = (description?: string): PropertyDecorator =>
  ApiProperty({ enum: ['up', 'down'], example: 'up', ...(description !== undefined && { description }) });

@ApiSchema({ name: 'Liveness' })
export class LivenessDto {
  @ApiProperty({ enum: ['live'], example: 'live' })
  readonly status: 'live';
}

@ApiSchema({ name: 'Dependencies' })
export class DependenciesDto {
  @StateProperty()
  readonly postgres: DependencyState;

  @StateProperty()
  readonly storage: DependencyState;

  @StateProperty('Not needed to serve requests.')
  readonly redis: DependencyState;
}

@ApiSchema({ name: 'Readiness' })
export class ReadinessDto implements Readiness {
  @ApiProperty({ enum: ['ready', 'not_ready'], example: 'ready' })
  readonly status: Readiness['status'];

  @ApiProperty({ type: DependenciesDto })
  readonly dependencies: DependenciesDto;
}

@ApiTags('Health')
@Public()
@Controller('health')
export class HealthController {
  constructor(private readonly health: Health) {}

  @Get('live')
  @Operation({ summary: 'Liveness', description: 'The process answers.', open: true })
  @ApiResponse({ status: 200, description: 'It lives.', type: LivenessDto })
  getLiveness(): LivenessDto {
    return { status: 'live' };
  }

  @Get('ready')
  @Operation({
    summary: 'Readiness',
    description: 'Requests can be served: Postgres and storage are there.',
    open: true,
  })
  @ApiResponse({ status: 200, description: 'Ready.', type: ReadinessDto })
  @ApiResponse({ status: 503, description: 'Not ready.', type: ReadinessDto })
  async getReadiness(@Res({ passthrough: true }) response: Response): Promise<Readiness> {
    const readiness = await this.health.readiness();
    response.status(readiness.status === 'ready' ? 200 : 503);
    return readiness;
  }
}
