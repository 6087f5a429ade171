import type { EmulatedJob, JobLabels, WebhookAttempt } from '../protocol/job.js';
import type { JobStatus } from '../protocol/job-status.js';

/** What tests can read of a job. */
export interface JobRecord extends JobLabels {
  readonly id: string;
  readonly endpoint: string;
  readonly status: JobStatus;
  /** True if /status responds with 404. */
  readonly forgotten: boolean;
  readonly polls: number;
  readonly cancels: number;
  readonly retries: number;
  readonly handlerRuns: number;
  readonly deaths: number;
  readonly webhooks: readonly WebhookAttempt[];
}

export function jobRecord(job: EmulatedJob): JobRecord {
  const { id, endpoint, labels, status, request, polls, cancels, retries, handlerRuns, deaths, webhooks } = job;
  return {
    id,
    endpoint,
    ...labels,
    status,
    forgotten: request === null,
    polls,
    cancels,
    retries,
    handlerRuns,
    deaths,
    webhooks,
  };
}
