import type { Exchange } from './exchange.js';
import { readJobError } from './job-error.js';
import { parseProgress, type JobProgress } from './job-progress.js';
import { isEndedState, isRunpodState, type RunpodState } from './job-state.js';
import { asObject, isCount, parseJson } from './json-reading.js';
import { rateLimitRetryMs, refusal, unreachableRetryMs } from './run-result.js';

/** There was no usable response. Retry later. `detail` is for the log. */
export interface Unreachable {
  readonly kind: 'unreachable';
  readonly retryAfterMs: number;
  readonly detail: string;
}

/**
 * Outcome of GET /status.
 *
 * - `known`: the job's state. `output` is the raw result of a COMPLETED job (see `parseOutput`), `error` one line that
 *   says why it failed, `progress` that of an IN_PROGRESS job.
 * - `missing`: RunPod does not know the job (any more).
 * - `oversized`: the response is too large for a valid result. `problem` is a sentence for the client.
 * - `unreachable`: there was no usable response. A rejected API key is included, because an operator may fix it before
 *   the deadline.
 */
export type StatusResult =
  | {
      readonly kind: 'known';
      readonly state: RunpodState;
      readonly output: unknown;
      readonly error: string | null;
      readonly progress: JobProgress | null;
      /** How long an ended job ran; null if it runs or if RunPod does not say. */
      readonly executionSeconds: number | null;
    }
  | { readonly kind: 'missing' }
  | { readonly kind: 'oversized'; readonly problem: string }
  | Unreachable;

/** Outcome of POST /cancel. Also `accepted` if the job had already ended. */
export type CancelResult = { readonly kind: 'accepted' } | { readonly kind: 'missing' } | Unreachable;

/** Outcome of GET /health. */
export type HealthResult =
  | {
      readonly kind: 'answered';
      readonly jobs: { readonly inQueue: number; readonly inProgress: number };
      readonly workers: { readonly idle: number; readonly running: number; readonly initializing: number };
    }
  | Unreachable;

export function readStatusAnswer(exchange: Exchange, endpointId: string, runpodJobId: string): StatusResult {
  if (exchange.kind === 'oversized') {
    return { kind: 'oversized', problem: 'The embedding service returned a result that is larger than 1 MiB' };
  }
  const answer = read2xx(exchange, endpointId);
  if (answer.kind !== 'body') return answer;
  const fields = asObject(parseJson(answer.body));
  if (!fields || !isRunpodState(fields.status)) return unreachable('an unreadable status');
  if (fields.id !== undefined && fields.id !== runpodJobId) return unreachable('the status of another job');
  const { status: state, output, error } = fields;
  return {
    kind: 'known',
    state,
    output: state === 'COMPLETED' ? output : undefined,
    error: readJobError(error),
    progress: state === 'IN_PROGRESS' ? parseProgress(output) : null,
    executionSeconds: isEndedState(state) ? readMilliseconds(fields.executionTime) : null,
  };
}

export function readCancelAnswer(exchange: Exchange, endpointId: string): CancelResult {
  const answer = read2xx(exchange, endpointId);
  return answer.kind === 'body' ? { kind: 'accepted' } : answer;
}

export function readHealthAnswer(exchange: Exchange, endpointId: string): HealthResult {
  const answer = read2xx(exchange, endpointId);
  if (answer.kind === 'missing') return unreachable(refusal(404, endpointId));
  if (answer.kind === 'unreachable') return answer;
  const fields = asObject(parseJson(answer.body));
  if (!fields) return unreachable('an unreadable health');
  const { inQueue, inProgress } = asObject(fields.jobs) ?? {};
  const { idle, running, initializing } = asObject(fields.workers) ?? {};
  return {
    kind: 'answered',
    jobs: { inQueue: countOf(inQueue), inProgress: countOf(inProgress) },
    workers: { idle: countOf(idle), running: countOf(running), initializing: countOf(initializing) },
  };
}

/** Returns the body of a 2xx, or the outcome of any other response to a request that may be repeated freely. */
function read2xx(
  exchange: Exchange,
  endpointId: string,
): { readonly kind: 'body'; readonly body: string } | { readonly kind: 'missing' } | Unreachable {
  switch (exchange.kind) {
    case 'not_sent':
      return unreachable(exchange.detail, exchange.retryAfterMs);
    case 'lost':
      return unreachable(exchange.detail);
    case 'oversized':
      return unreachable('an answer of more than 1 MiB');
    case 'answered': {
      const { status, body, retryAfterMs } = exchange;
      if (status < 300) return { kind: 'body', body };
      if (status === 404) return { kind: 'missing' };
      if (status === 429) return unreachable('HTTP 429', retryAfterMs ?? rateLimitRetryMs);
      return unreachable(status >= 500 ? `HTTP ${status}` : refusal(status, endpointId), retryAfterMs);
    }
  }
}

/** Reads `executionTime`: whole milliseconds. Jobs that never ran have none. */
const readMilliseconds = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value / 1000 : null;

const unreachable = (detail: string, retryAfterMs: number | null = null): Unreachable => ({
  kind: 'unreachable',
  retryAfterMs: retryAfterMs ?? unreachableRetryMs,
  detail,
});

const countOf = (value: unknown): number => (isCount(value, 0) ? value : 0);
