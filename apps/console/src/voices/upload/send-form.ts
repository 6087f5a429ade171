import { ApiFailure } from '#libs/client';

export interface FormRequest {
  readonly url: string;
  readonly apiKey: string;
  readonly idempotencyKey: string;
  readonly form: FormData;
  readonly signal: AbortSignal;
  /** Bytes of the body that have left, and all of them. */
  readonly onProgress: (loaded: number, total: number) => void;
}

/**
 * Posts a form and reports how much of it has been sent, which `fetch` cannot.
 *
 * @returns the body of a successful answer
 * @throws ApiFailure for every other answer, and if the connection is lost. An AbortError if the signal is aborted
 */
export function sendForm({ url, apiKey, idempotencyKey, form, signal, onProgress }: FormRequest): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = (): void => request.abort();
    request.open('POST', url);
    request.responseType = 'json';
    request.setRequestHeader('X-Api-Key', apiKey);
    request.setRequestHeader('Idempotency-Key', idempotencyKey);
    request.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total);
    request.onload = () => {
      const { status, statusText, response } = request as { status: number; statusText: string; response: unknown };
      if (status >= 200 && status < 300) return resolve(response);
      const after = request.getResponseHeader('Retry-After');
      const headers: Record<string, string> = after === null ? {} : { 'Retry-After': after };
      reject(ApiFailure.of(new Response(null, { status, statusText, headers }), response));
    };
    request.onerror = () => reject(ApiFailure.unreachable(new TypeError('The connection was lost')));
    request.onabort = () => reject(new DOMException('The upload was cancelled', 'AbortError'));
    request.onloadend = () => signal.removeEventListener('abort', abort);
    signal.addEventListener('abort', abort);
    if (signal.aborted) reject(new DOMException('The upload was cancelled', 'AbortError'));
    else request.send(form);
  });
}
