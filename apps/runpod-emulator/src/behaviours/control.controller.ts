import { Body, Controller, Delete, Get, HttpCode, Put, Query } from '@nestjs/common';
import type { JsonObject } from '../json-shape.js';
import { JobRunner } from '../protocol/job-runner.js';
import { JobStore } from '../protocol/job-store.js';
import { BehaviourBook, matches, type ActiveRule } from './behaviour-book.js';
import { parseMatch, parseRules } from './behaviour.js';
import { jobRecord, type JobRecord } from './job-record.js';

/** Not part of RunPod's API: tests make the emulator misbehave here, and read what happened to jobs. */
@Controller('emulator')
export class ControlController {
  constructor(
    private readonly book: BehaviourBook,
    private readonly store: JobStore,
    private readonly runner: JobRunner,
  ) {}

  @Get('behaviours')
  list(): readonly ActiveRule[] {
    return this.book.list();
  }

  /** Sets rules. They replace those with the same matches; all others stay. */
  @Put('behaviours')
  set(@Body() body: unknown): readonly ActiveRule[] {
    this.book.set(parseRules(body));
    this.runner.startWaiting();
    return this.book.list();
  }

  /** Removes the rules with exactly this match; without a query, all rules. */
  @Delete('behaviours')
  @HttpCode(204)
  remove(@Query() query: JsonObject): void {
    const match = parseMatch(query);
    this.book.remove(Object.keys(match).length === 0 ? null : match);
    this.runner.startWaiting();
  }

  /** Returns all jobs that were accepted for a partner and voice, oldest first, with their polls, cancels and so on. */
  @Get('jobs')
  jobs(@Query() query: JsonObject): readonly JobRecord[] {
    const match = parseMatch(query);
    return this.store
      .all()
      .filter((job) => matches(match, job.labels))
      .map(jobRecord);
  }
}
