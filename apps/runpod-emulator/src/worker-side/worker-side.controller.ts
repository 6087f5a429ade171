import { Body, Controller, Get, HttpCode, NotFoundException, Param, Post, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import type { JsonObject } from '../json-shape.js';
import { PlainKey } from '../protocol/api-key.guard.js';
import { parseJobDone } from './job-done.js';
import { WorkerPool } from './worker-pool.js';

/**
 * The worker side of RunPod's queue, which RunPod does not document, as its Python SDK 1.12.0 uses it. Addresses come to
 * the SDK in RUNPOD_WEBHOOK_GET_JOB, RUNPOD_WEBHOOK_POST_OUTPUT and RUNPOD_WEBHOOK_PING (docs/gpu-contract.md, "The
 * worker side").
 */
@Controller('v2/:endpoint')
@PlainKey()
export class WorkerSideController {
  constructor(private readonly pool: WorkerPool) {}

  /** Answers 200 with `{id, input}`, or 204 if there is no job for a minute. */
  @Get('job-take/:worker')
  take(
    @Param('endpoint') endpoint: string,
    @Param('worker') worker: string,
    @Query('job_in_progress') jobInProgress: unknown,
    @Res() response: Response,
  ): void {
    this.pool.take(endpoint, worker, jobInProgress === '1', response);
  }

  /** Answers 200 with `{jobsToStop: [id]}` when there is one. */
  @Get('job-stop/:worker')
  listen(@Param('endpoint') endpoint: string, @Param('worker') worker: string, @Res() response: Response): void {
    this.pool.listen(endpoint, worker, response);
  }

  @Post('job-done/:worker/:id')
  @HttpCode(200)
  done(
    @Param('endpoint') endpoint: string,
    @Param('worker') worker: string,
    @Param('id') id: string,
    @Body() body: unknown,
  ): JsonObject {
    if (!this.pool.report(endpoint, worker, id, parseJobDone(body))) throw new NotFoundException('job not found');
    return {};
  }

  @Get('ping/:worker')
  ping(
    @Param('endpoint') endpoint: string,
    @Param('worker') worker: string,
    @Query('job_id') jobIds: unknown,
  ): JsonObject {
    this.pool.ping(endpoint, worker, typeof jobIds === 'string' ? jobIds.split(',') : []);
    return {};
  }
}
