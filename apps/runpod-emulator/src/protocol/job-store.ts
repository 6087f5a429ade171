import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { Behaviour } from '../behaviours/behaviour.js';
import { labelsOf, type EmulatedJob } from './job.js';
import type { RunRequest } from './run-request.js';

/** Maximum number of jobs, including forgotten ones whose counts tests may read. */
const maxJobs = 50_000;

/** Stores all jobs, in the order in which they were accepted. */
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
      deaths: 0,
      webhooks: [],
    };
    this.jobs.set(job.id, job);
    this.dropOldest();
    return job;
  }

  /** Returns the job; null if it is unknown, forgotten or of another endpoint. */
  find(endpoint: string, id: string): EmulatedJob | null {
    const job = this.jobs.get(id);
    return job && job.endpoint === endpoint && job.request !== null ? job : null;
  }

  /** True if the endpoint has or had this job, also if it is forgotten. */
  isKnown(endpoint: string, id: string): boolean {
    return this.jobs.get(id)?.endpoint === endpoint;
  }

  /** Makes the job unknown to the protocol. Its counts stay readable. */
  forget(job: EmulatedJob): void {
    job.request = null;
    job.output = null;
  }

  /** Returns all jobs, including forgotten ones. */
  all(): readonly EmulatedJob[] {
    return [...this.jobs.values()];
  }

  private dropOldest(): void {
    for (const job of this.jobs.values()) {
      if (this.jobs.size <= maxJobs) return;
      if (job.request === null) this.jobs.delete(job.id);
      else return;
    }
  }
}
