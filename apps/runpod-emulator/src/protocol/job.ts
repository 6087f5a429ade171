import type { Behaviour } from '../behaviours/behaviour.js';
import { isObject, type JsonObject } from '../json-shape.js';
import { hasEnded, mayMove, type JobStatus } from './job-status.js';
import type { RunRequest } from './run-request.js';

/** The fields of a job's input that tests match on, if present. */
export interface JobLabels {
  readonly partner: string | null;
  readonly voice: string | null;
  readonly job: string | null;
  readonly generation: number | null;
}

/** One attempt to deliver a webhook. `answer` is the HTTP status of the response, null if there was none. */
export interface WebhookAttempt {
  readonly at: string;
  readonly status: JobStatus;
  readonly answer: number | null;
}

/** A stored job. Times are in milliseconds since the epoch. */
export interface EmulatedJob {
  readonly id: string;
  readonly endpoint: string;
  readonly labels: JobLabels;
  readonly behaviours: readonly Behaviour[];
  readonly createdAt: number;
  /** null once the job is forgotten and only its counts remain. */
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
  /** Workers that died while they worked on it. */
  deaths: number;
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
 * Moves a job to another state and records the time.
 *
 * @returns false, and changes nothing, if the transition is not allowed
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

/** Returns the body of /status, which a webhook also contains. Times in milliseconds. RunPod omits absent fields too. */
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
