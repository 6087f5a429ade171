import type { Behaviour } from '../behaviours/behaviour.js';
import { isObject, type JsonObject } from '../json-shape.js';
import { hasEnded, mayMove, type JobStatus } from './job-status.js';
import type { RunRequest } from './run-request.js';

/** Whose job it is, as far as its input says so: what tests match on. */
export interface JobLabels {
  readonly partner: string | null;
  readonly voice: string | null;
  readonly job: string | null;
  readonly generation: number | null;
}

/** One attempt to deliver a webhook; `answer` is the HTTP status, `null` when there was none. */
export interface WebhookAttempt {
  readonly at: string;
  readonly status: JobStatus;
  readonly answer: number | null;
}

/** A job as the emulator keeps it. Times are milliseconds since the epoch. */
export interface EmulatedJob {
  readonly id: string;
  readonly endpoint: string;
  readonly labels: JobLabels;
  readonly behaviours: readonly Behaviour[];
  readonly createdAt: number;
  /** `null` once the job is forgotten: only its counts remain. */
  request: RunRequest | null;
  status: JobStatus;
  queuedAt: number;
  startedAt: number | null;
  endedAt: number | null;
  /** The handler's result, or its progress while IN_PROGRESS. */
  output: unknown;
  error: string | null;
  polls: number;
  cancels: number;
  retries: number;
  handlerRuns: number;
  readonly webhooks: WebhookAttempt[];
}

export function labelsOf(input: JsonObject): JobLabels {
  const voice = isObject(input['voice']) ? input['voice'] : {};
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  const generation = input['generation'];
  return {
    partner: text(voice['partner']),
    voice: text(voice['name']),
    job: text(input['job']),
    generation: typeof generation === 'number' ? generation : null,
  };
}

/**
 * Moves a job to another state and keeps its times.
 *
 * @returns false, without changing anything, when the job cannot make that move (any more)
 */
export function moveJob(job: EmulatedJob, to: JobStatus, now: number): boolean {
  if (!mayMove(job.status, to)) return false;
  job.status = to;
  if (to === 'IN_QUEUE')
    Object.assign(job, { queuedAt: now, startedAt: null, endedAt: null, output: null, error: null });
  if (to === 'IN_PROGRESS') job.startedAt = now;
  if (hasEnded(to)) job.endedAt = now;
  return true;
}

/** What /status answers, and a webhook begins with. Times in milliseconds; absent fields are left out, as by RunPod. */
export function statusAnswer(job: EmulatedJob, now: number): JsonObject {
  const { startedAt } = job;
  return {
    ...(startedAt === null ? {} : { delayTime: startedAt - job.queuedAt }),
    ...(startedAt === null ? {} : { executionTime: (job.endedAt ?? now) - startedAt }),
    id: job.id,
    ...(job.output === null ? {} : { output: job.output }),
    ...(job.error === null ? {} : { error: job.error }),
    status: job.status,
  };
}
