import {
  BadRequestException,
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  NotFoundException,
  Param,
  Post,
  Res,
  UseGuards,
} from '@nestjs/common';
import type { Response } from 'express';
import { BehaviourBook } from '../behaviours/behaviour-book.js';
import { commitLapse } from '../behaviours/commit-lapse.js';
import { EMULATOR_OPTIONS, type EmulatorOptions } from '../emulator-options.js';
import type { JsonObject } from '../json-shape.js';
import { WorkerPool } from '../worker-side/worker-pool.js';
import { JobRunner } from './job-runner.js';
import { JobStore } from './job-store.js';
import { labelsOf, statusAnswer, type EmulatedJob } from './job.js';
import { endpointHealth } from './endpoint-health.js';
import { RateLimited, RateLimitGuard } from './rate-limit.guard.js';
import { parseRunRequest } from './run-request.js';

/** RunPod's queue-based endpoint operations (https://docs.runpod.io/serverless/endpoints/operation-reference). */
@Controller('v2/:endpoint')
@UseGuards(RateLimitGuard)
export class RunpodController {
  constructor(
    @Inject(EMULATOR_OPTIONS) private readonly options: EmulatorOptions,
    private readonly store: JobStore,
    private readonly runner: JobRunner,
    private readonly book: BehaviourBook,
    private readonly pool: WorkerPool,
  ) {}

  @Post('run')
  @HttpCode(200)
  @RateLimited('run')
  run(@Param('endpoint') endpoint: string, @Body() body: unknown, @Res() response: Response): void {
    const request = parseRunRequest(body, this.options.shortPolicies);
    const lapse = this.book.takeLapse('run', labelsOf(request.input));
    if (lapse && !lapse.accepts) return commitLapse(lapse, response);
    const { id, status } = this.runner.submit(endpoint, request);
    if (lapse) return commitLapse(lapse, response);
    response.json({ id, status });
  }

  @Get('status/:id')
  @RateLimited('status')
  status(@Param('endpoint') endpoint: string, @Param('id') id: string, @Res() response: Response): void {
    const job = this.known(endpoint, id);
    job.polls++;
    const lapse = this.book.takeLapse('status', job.labels);
    if (lapse) return commitLapse(lapse, response);
    response.json(statusAnswer(job, Date.now()));
  }

  /** RunPod does not document the response for a job that has ended. Here it is the end state. */
  @Post('cancel/:id')
  @HttpCode(200)
  @RateLimited('cancel')
  cancel(@Param('endpoint') endpoint: string, @Param('id') id: string, @Res() response: Response): void {
    const job = this.known(endpoint, id);
    job.cancels++;
    const lapse = this.book.takeLapse('cancel', job.labels);
    if (lapse && !lapse.accepts) return commitLapse(lapse, response);
    this.runner.cancel(job);
    if (lapse) return commitLapse(lapse, response);
    response.json({ id, status: job.status });
  }

  @Post('retry/:id')
  @HttpCode(200)
  retry(@Param('endpoint') endpoint: string, @Param('id') id: string): JsonObject {
    const job = this.known(endpoint, id);
    if (!this.runner.retry(job)) throw new BadRequestException(`a job that is ${job.status} cannot be retried`);
    return { id, status: job.status };
  }

  @Post('purge-queue')
  @HttpCode(200)
  @RateLimited('purge-queue')
  purge(@Param('endpoint') endpoint: string): JsonObject {
    return { removed: this.runner.purge(endpoint), status: 'completed' };
  }

  @Get('health')
  health(@Param('endpoint') endpoint: string): JsonObject {
    const workers = this.options.engine === 'worker' ? this.pool.counts(endpoint) : this.runner.workers();
    return { jobs: endpointHealth(this.store.all(), endpoint), workers };
  }

  private known(endpoint: string, id: string): EmulatedJob {
    const job = this.store.find(endpoint, id);
    if (!job) throw new NotFoundException('job not found');
    return job;
  }
}
