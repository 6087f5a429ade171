import type { Exchange } from './exchange.js';
import { readJobError } from './job-error.js';
import { isRunpodJobId } from './job-state.js';
import { asObject, parseJson } from './json-reading.js';

/**
 * What became of POST /run.
 *
 * - `accepted`: RunPod has the job.
 * - `not_sent`: it certainly has not; the same request may be sent again after `retryAfterMs`.
 * - `unknown`: it may have. Never repeat it blindly: wait for the result object or a webhook first.
 * - `refused`: it never will, until an operator changes something; `message` tells which.
 */
export type RunResult =
  | { readonly kind: 'accepted'; readonly runpodJobId: string }
  | { readonly kind: 'not_sent'; readonly retryAfterMs: number; readonly detail: string }
  | { readonly kind: 'unknown'; readonly detail: string }
  | { readonly kind: 'refused'; readonly status: number; readonly message: string; readonly answer: string | null };

/** RunPod counts its limits over 10 s. */
export const rateLimitRetryMs = 10_000;
export const unreachableRetryMs = 5_000;

export function readRunAnswer(exchange: Exchange, endpointId: string): RunResult {
  switch (exchange.kind) {
    case 'not_sent':
      return { ...exchange, retryAfterMs: exchange.retryAfterMs ?? unreachableRetryMs };
    case 'lost':
      return { kind: 'unknown', detail: exchange.detail };
    case 'oversized':
      return { kind: 'unknown', detail: 'an answer of more than 1 MiB' };
    case 'answered':
      return readAnswered(exchange, endpointId);
  }
}

function readAnswered(
  { status, body, retryAfterMs }: Extract<Exchange, { kind: 'answered' }>,
  endpointId: string,
): RunResult {
  if (status === 429) {
    return { kind: 'not_sent', retryAfterMs: retryAfterMs ?? rateLimitRetryMs, detail: 'HTTP 429' };
  }
  // 408: the server gave up on a request it may have read.
  if (status >= 500 || status === 408) return { kind: 'unknown', detail: `HTTP ${status}` };
  if (status >= 300) {
    return { kind: 'refused', status, message: refusal(status, endpointId), answer: readJobError(answerOf(body)) };
  }
  const id = asObject(parseJson(body))?.id;
  if (!isRunpodJobId(id)) return { kind: 'unknown', detail: `HTTP ${status} without a readable job id` };
  return { kind: 'accepted', runpodJobId: id };
}

/** A refusal in words, naming the setting an operator has to look at. */
export function refusal(status: number, endpointId: string): string {
  if (status === 401 || status === 403) return `RunPod refused the API key (HTTP ${status}): check RUNPOD_API_KEY`;
  if (status === 402) return 'RunPod asks for payment (HTTP 402): check the balance of the account';
  if (status === 404) return `RunPod does not know the endpoint ${endpointId} (HTTP 404): check RUNPOD_ENDPOINTS`;
  if (status < 400) return `RunPod sent a redirect (HTTP ${status}): check RUNPOD_BASE_URL`;
  return `RunPod refused the request (HTTP ${status})`;
}

/** The error text of a refusal's body, for the log. */
function answerOf(body: string): unknown {
  return asObject(parseJson(body))?.error ?? body;
}
