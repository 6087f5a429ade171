import { isObject } from '../json-shape.js';

/** The end of a job. */
export type JobResult =
  | { readonly kind: 'completed'; readonly output: unknown }
  | { readonly kind: 'failed'; readonly error: string };

/** What a worker says about its job. */
export type JobDone = JobResult | { readonly kind: 'progress'; readonly output: unknown };

/**
 * Parses the body of POST job-done, as RunPod's Python SDK 1.12.0 writes it (serverless/modules/rp_job.py,
 * rp_progress.py): `{output}`, `{error}`, or `{status: "IN_PROGRESS", output}` for progress.
 *
 * @param body JSON, under a form's content type. Python writes NaN and Infinity, which are not JSON: the job then failed
 */
export function parseJobDone(body: unknown): JobDone {
  const done = typeof body === 'string' ? parsed(body) : body;
  if (!isObject(done)) return { kind: 'failed', error: 'The handler returned something that is not JSON' };
  const output = done['output'] ?? null;
  if (done['status'] === 'IN_PROGRESS') return { kind: 'progress', output };
  return done['error'] ? { kind: 'failed', error: publicError(done['error']) } : { kind: 'completed', output };
}

/**
 * Returns the error without its traceback, which holds paths of the worker's machine. RunPod's SDK writes JSON into a
 * string; a handler that returns `{"error": "…"}` gives plain text.
 */
function publicError(error: unknown): string {
  const text = typeof error === 'string' ? error : JSON.stringify(error);
  const fields = parsed(text);
  if (!isObject(fields) || typeof fields['error_message'] !== 'string') return text;
  return JSON.stringify({ error_type: fields['error_type'], error_message: fields['error_message'] });
}

/** @returns undefined if the text is not JSON */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
