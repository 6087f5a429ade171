import { hostname } from 'node:os';

/**
 * A handler's exception as RunPod hands it on: one string, itself JSON, with the fields its Python SDK writes
 * (runpod-python, serverless/modules/rp_job.py).
 */
export function failureString(error: unknown): string {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return JSON.stringify({
    error_type: `<class '${name}'>`,
    error_message: message,
    error_traceback: stack ?? '',
    hostname: hostname(),
  });
}
