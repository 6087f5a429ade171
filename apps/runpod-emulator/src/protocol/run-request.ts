import { isObject, objectAt, ShapeError, urlAt, wholeAt, type JsonObject } from '../json-shape.js';

/** Policy of one job (https://docs.runpod.io/serverless/endpoints/send-requests#execution-policies). */
export interface JobPolicy {
  /** Maximum time of a run, which then is TIMED_OUT. */
  readonly executionTimeoutMs: number;
  /** Maximum lifetime of the job, which then is deleted, even while it runs. */
  readonly ttlMs: number;
}

export interface RunRequest {
  readonly input: JsonObject;
  readonly webhook: string | null;
  readonly policy: JobPolicy;
}

const defaultPolicy: JobPolicy = { executionTimeoutMs: 600_000, ttlMs: 86_400_000 };
const minExecutionTimeoutMs = 5001;
const minTtlMs = 10_000;
const weekMs = 7 * 86_400_000;

/**
 * Parses the body of POST /run. As on RunPod, only the handler checks the input: an invalid one is accepted here and
 * fails the job.
 *
 * @param shortPolicies accepts policies below RunPod's minimum
 * @throws ShapeError if RunPod would respond with 400
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
  const { executionTimeout = defaultPolicy.executionTimeoutMs, ttl = defaultPolicy.ttlMs } = policy;
  const minTimeout = shortPolicies ? 1 : minExecutionTimeoutMs;
  return {
    executionTimeoutMs: wholeAt(executionTimeout, 'policy.executionTimeout', minTimeout, weekMs),
    ttlMs: wholeAt(ttl, 'policy.ttl', shortPolicies ? 1 : minTtlMs, weekMs),
  };
}
