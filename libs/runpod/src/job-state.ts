import { asObject } from './json-reading.js';

/** States of a RunPod job (docs.runpod.io, serverless, "Job states"). */
export const runpodStates = ['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED', 'FAILED', 'CANCELLED', 'TIMED_OUT'] as const;

export type RunpodState = (typeof runpodStates)[number];

export function isRunpodState(value: unknown): value is RunpodState {
  return runpodStates.some((state) => state === value);
}

// They are 36 characters and a suffix; whatever else comes must be fit for a URL and a column.
const jobId = /^[A-Za-z0-9_-]{1,128}$/;

export function isRunpodJobId(value: unknown): value is string {
  return typeof value === 'string' && jobId.test(value);
}

/** What a webhook said. A hint: it is not signed, so the truth is then read from /status. */
export interface WebhookHint {
  readonly runpodJobId: string;
  readonly status: RunpodState;
}

/** Reads the parsed body of a webhook; null when it is none. */
export function parseWebhook(body: unknown): WebhookHint | null {
  const fields = asObject(body);
  if (!fields || !isRunpodJobId(fields.id) || !isRunpodState(fields.status)) return null;
  return { runpodJobId: fields.id, status: fields.status };
}
