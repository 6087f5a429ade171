import type { Exchange } from './exchange.js';
import { readJobError } from './job-error.js';
import { parseProgress, type JobProgress } from './job-progress.js';
import { isRunpodState, type RunpodState } from './job-state.js';
import { asObject, isCount, parseJson } from './json-reading.js';
import { rateLimitRetryMs, refusal, unreachableRetryMs } from './run-result.js';

/** RunPod did not say anything usable; ask again later. `detail` is for the log. */
export interface Unreachable {
  readonly kind: 'unreachable';
  readonly retryAfterMs: number;
  readonly detail: string;
}

/**
 * What GET /status said.
 *
 * - `known`: the job's state. `output` is the raw result of a COMPLETED job (see `parseOutput`), `error` one line
 *   why it failed, `progress` how far an IN_PROGRESS one is.
 * - `missing`: RunPod knows no such job (any more).
 * - `oversized`: the answer was too large to be a result; `problem` says so to the customer.
 * - `unreachable`: no usable answer, a refused API key included: an operator may put it right before the deadline.
 */
export type StatusResult =
  | {
      readonly kind: 'known';
      readonly state: RunpodState;
      readonly output: unknown;
      readonly error: string | null;
      readonly progress: JobProgress | null;
    }
  | { readonly kind: 'missing' }
  | { readonly kind: 'oversized'; readonly problem: string }
  | Unreachable;

/** What POST /cancel said. `accepted` also when the job had ended already. */
export type CancelResult = { readonly kind: 'accepted' } | { readonly kind: 'missing' } | Unreachable;

/** What GET /health said about an endpoint. */
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

/** The body of a 2xx, or what another answer means for a request that may be repeated at will. */
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

const unreachable = (detail: string, retryAfterMs: number | null = null): Unreachable => ({
  kind: 'unreachable',
  retryAfterMs: retryAfterMs ?? unreachableRetryMs,
  detail,
});

const countOf = (value: unknown): number => (isCount(value, 0) ? value : 0);
