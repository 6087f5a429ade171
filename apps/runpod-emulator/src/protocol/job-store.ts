import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { Behaviour } from '../behaviours/behaviour.js';
import { labelsOf, type EmulatedJob } from './job.js';
import type { RunRequest } from './run-request.js';

/** Jobs whose counts are kept for tests to read after they were forgotten. */
const KEPT_JOBS = 50_000;

/** All jobs, in the order they were accepted. */
@Injectable()
export class JobStore {
  private readonly jobs = new Map<string, EmulatedJob>();

  add(endpoint: string, request: RunRequest, behaviours: readonly Behaviour[], now: number): EmulatedJob {
    const job: EmulatedJob = {
      id: `${randomUUID()}-u1`,
      endpoint,
      labels: labelsOf(request.input),
      behaviours,
      createdAt: now,
      request,
      status: 'IN_QUEUE',
      queuedAt: now,
      startedAt: null,
      endedAt: null,
      output: null,
      error: null,
      polls: 0,
      cancels: 0,
      retries: 0,
      handlerRuns: 0,
      webhooks: [],
    };
    this.jobs.set(job.id, job);
    this.dropOldest();
    return job;
  }

  /** The job, unless it is unknown, forgotten or another endpoint's. */
  find(endpoint: string, id: string): EmulatedJob | null {
    const job = this.jobs.get(id);
    return job && job.endpoint === endpoint && job.request !== null ? job : null;
  }

  /** From now on the job is unknown to the protocol; its counts stay readable. */
  forget(job: EmulatedJob): void {
    job.request = null;
    job.output = null;
  }

  /** Every job, forgotten ones too. */
  all(): readonly EmulatedJob[] {
    return [...this.jobs.values()];
  }

  private dropOldest(): void {
    for (const job of this.jobs.values()) {
      if (this.jobs.size <= KEPT_JOBS) return;
      if (job.request === null) this.jobs.delete(job.id);
      else return;
    }
  }
}
