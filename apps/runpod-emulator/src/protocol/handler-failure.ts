import { hostname } from 'node:os';

/**
 * Formats a handler's exception as RunPod does: a string that contains JSON, with the fields that its Python SDK writes
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
