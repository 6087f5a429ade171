import { Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { AppError } from '#libs/errors';
import { jobStates } from '#libs/jobs';
import { Processing } from '#libs/processing';
import { AdminOnly } from '../access/access.decorators.js';
import { rejectionOf } from '../body/fields.pipe.js';
import { Operation } from '../openapi/operation.js';
import { JobDto } from './admin-jobs.answers.js';
import { AdminJobsRepository, maxListedJobs, type AdminJob } from './admin-jobs.repository.js';

const JobIdPipe = new ParseUUIDPipe({ exceptionFactory: () => AppError.of('not_found') });

export class ListJobsQuery {
  @IsOptional()
  @IsIn(jobStates, { message: `state must be one of ${jobStates.join(', ')}` })
  state?: (typeof jobStates)[number];
}

@ApiTags('Admin')
@AdminOnly()
@Controller('admin/jobs')
export class AdminJobsController {
  constructor(
    private readonly jobs: AdminJobsRepository,
    private readonly processing: Processing,
  ) {}

  @Get()
  @Operation({
    summary: 'List Jobs',
    description: 'Returns the jobs of all partners, newest first: splits, embeddings and speeches.',
    failures: ['invalid_parameter'],
    failureExamples: { invalid_parameter: rejectionOf(ListJobsQuery, { state: 'lost' }) },
  })
  @ApiQuery({
    name: 'state',
    required: false,
    enum: jobStates,
    enumName: 'JobState',
    description: 'Returns only jobs in this state.',
  })
  @ApiResponse({ status: 200, description: `The newest jobs, up to ${maxListedJobs}.`, type: [JobDto] })
  listJobs(@Query() query: ListJobsQuery): Promise<AdminJob[]> {
    return this.jobs.list(query.state ?? null);
  }

  @Post(':id/cancel')
  @HttpCode(202)
  @Operation({
    summary: 'Cancel Job',
    description:
      'Ends a job as failed, with the error "Cancelled", and unlocks its voice. A job that has ended is not changed.',
    failures: ['not_found'],
  })
  @ApiParam({
    name: 'id',
    description: 'Id of the job, as the list of jobs gives it.',
    schema: { type: 'string', format: 'uuid', example: '3f8a6f9e-4f0c-4a53-8f5e-6f1d5f1f0a11' },
  })
  @ApiResponse({ status: 202, description: 'The job has ended.' })
  async cancelJob(@Param('id', JobIdPipe) id: string): Promise<void> {
    await this.processing.cancel(id.toLowerCase());
  }
}
