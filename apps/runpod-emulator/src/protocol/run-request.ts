import { isObject, objectAt, ShapeError, urlAt, wholeAt, type JsonObject } from '../json-shape.js';

/** Policy of one job: https://docs.runpod.io/serverless/endpoints/send-requests#execution-policies */
export interface JobPolicy {
  /** Longest run; then TIMED_OUT. */
  readonly executionTimeoutMs: number;
  /** Longest life; then the job is deleted, even while it runs. */
  readonly ttlMs: number;
}

export interface RunRequest {
  readonly input: JsonObject;
  readonly webhook: string | null;
  readonly policy: JobPolicy;
}

const DEFAULT_POLICY: JobPolicy = { executionTimeoutMs: 600_000, ttlMs: 86_400_000 };
const LEAST_EXECUTION_TIMEOUT_MS = 5001;
const LEAST_TTL_MS = 10_000;
const WEEK_MS = 7 * 86_400_000;

/**
 * The body of POST /run. What the input holds is the handler's business, as on RunPod: a wrong one is accepted here and
 * fails the job.
 *
 * @param shortPolicies accept policies shorter than RunPod does
 * @throws ShapeError when RunPod would answer 400
 */
export function parseRunRequest(body: unknown, shortPolicies: boolean): RunRequest {
  const request = objectAt(body, 'body');
  if (!isObject(request['input'])) throw new ShapeError('input is required and must be an object');
  const webhook = request['webhook'] ?? null;
  return {
    input: request['input'],
    webhook: webhook === null ? null : urlAt(webhook, 'webhook'),
    policy: parsePolicy(request['policy'] ?? {}, shortPolicies),
  };
}

function parsePolicy(value: unknown, shortPolicies: boolean): JobPolicy {
  const policy = objectAt(value, 'policy');
  const { executionTimeout = DEFAULT_POLICY.executionTimeoutMs, ttl = DEFAULT_POLICY.ttlMs } = policy;
  const leastTimeout = shortPolicies ? 1 : LEAST_EXECUTION_TIMEOUT_MS;
  return {
    executionTimeoutMs: wholeAt(executionTimeout, 'policy.executionTimeout', leastTimeout, WEEK_MS),
    ttlMs: wholeAt(ttl, 'policy.ttl', shortPolicies ? 1 : LEAST_TTL_MS, WEEK_MS),
  };
}
