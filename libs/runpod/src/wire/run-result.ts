import type { Exchange } from './exchange.js';
import { readJobError } from './job-error.js';
import { isRunpodJobId } from './job-state.js';
import { asObject, parseJson } from './json-reading.js';

/**
 * Outcome of POST /run.
 *
 * - `accepted`: RunPod has the job.
 * - `not_sent`: RunPod certainly does not have the job. The request may be sent again after `retryAfterMs`.
 * - `unknown`: RunPod may have the job. Never repeat the request blindly: wait for the result object or a webhook first.
 * - `refused`: RunPod rejected the request; `message` says why. With `mayPass`, an operator can fix it (key, balance,
 *   endpoint), and the same request may be sent again afterwards.
 */
export type RunResult =
  | { readonly kind: 'accepted'; readonly runpodJobId: string }
  | { readonly kind: 'not_sent'; readonly retryAfterMs: number; readonly detail: string }
  | { readonly kind: 'unknown'; readonly detail: string }
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly message: string;
      readonly answer: string | null;
      readonly mayPass: boolean;
    };

/** RunPod applies its limits to windows of 10 s. */
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
  // 408: the server timed out on a request that it may have read.
  if (status >= 500 || status === 408) return { kind: 'unknown', detail: `HTTP ${status}` };
  if (status >= 300) {
    const [message, answer] = [refusal(status, endpointId), readJobError(answerOf(body))];
    return { kind: 'refused', status, message, answer, mayPass: isOperators(status) };
  }
  const id = asObject(parseJson(body))?.id;
  if (!isRunpodJobId(id)) return { kind: 'unknown', detail: `HTTP ${status} without a readable job id` };
  return { kind: 'accepted', runpodJobId: id };
}

/** True if the status is caused by a setting of the operator and not by the request. */
const isOperators = (status: number): boolean => status < 400 || [401, 402, 403, 404].includes(status);

/** Describes a refusal and names the setting that an operator has to check. */
export function refusal(status: number, endpointId: string): string {
  if (status === 401 || status === 403) return `RunPod refused the API key (HTTP ${status}): check RUNPOD_API_KEY`;
  if (status === 402) return 'RunPod asks for payment (HTTP 402): check the balance of the account';
  if (status === 404) return `RunPod does not know the endpoint ${endpointId} (HTTP 404): check RUNPOD_ENDPOINTS`;
  if (status < 400) return `RunPod sent a redirect (HTTP ${status}): check RUNPOD_BASE_URL`;
  return `RunPod refused the request (HTTP ${status})`;
}

/** Returns the error text in the body of a refusal, for the log. */
function answerOf(body: string): unknown {
  return asObject(parseJson(body))?.error ?? body;
}
