import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { AppError } from '#libs/errors';
import { Processing } from '#libs/voices';
import { AdminOnly } from '../access/admin-only.decorator.js';
import { checkFields } from '../body/check-fields.js';
import { CheckedQuery } from '../body/checked.decorator.js';
import { Operation } from '../docs/operation.js';
import { JobDto } from './admin-answers.js';
import { ListJobsQuery } from './admin-fields.js';
import { AdminJobsRepository, maxListedJobs, type AdminJob } from './admin-jobs.repository.js';
import { jobStates } from './job-states.js';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

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
    description: 'Returns splitting and embedding jobs of all partners, newest first.',
    failures: ['invalid_parameter'],
    failureExamples: { invalid_parameter: () => checkFields(ListJobsQuery, { state: 'lost' }) },
  })
  @ApiQuery({
    name: 'state',
    required: false,
    enum: jobStates,
    enumName: 'JobState',
    description: 'Returns only jobs in this state.',
  })
  @ApiResponse({ status: 200, description: `The newest jobs, up to ${maxListedJobs}.`, type: [JobDto] })
  listJobs(@CheckedQuery(ListJobsQuery) query: ListJobsQuery): Promise<AdminJob[]> {
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
  async cancelJob(@Param('id') id: string): Promise<void> {
    if (!uuid.test(id)) throw AppError.of('not_found');
    await this.processing.cancel(id.toLowerCase());
  }
}
