/** One request of the RunPod API. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly apiKey: string;
  /** JSON text. */
  readonly body?: string;
}

export interface ExchangeLimits {
  /** For everything, from connecting to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
}

/**
 * What became of a request.
 *
 * `not_sent`: it certainly never reached the server and may be repeated. `lost`: it may have been received and
 * acted upon. `oversized`: answered with 2xx and a body over the limit, which was not read further.
 */
export type Exchange =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string; readonly retryAfterMs: number | null }
  | { readonly kind: 'oversized' }
  | { readonly kind: 'not_sent'; readonly retryAfterMs: number | null; readonly detail: string }
  | { readonly kind: 'lost'; readonly detail: string };

/** Sends one request over Node's own keep-alive connections, once, and never throws. */
export async function exchange(request: ApiRequest, limits: ExchangeLimits): Promise<Exchange> {
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: {
        authorization: `Bearer ${request.apiKey}`,
        accept: 'application/json',
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: request.body ?? null,
      // A followed 307 would send a POST twice.
      redirect: 'manual',
      signal: AbortSignal.timeout(limits.timeoutMs),
    });
    return await readAnswer(response, limits.maxAnswerBytes);
  } catch (error) {
    const detail = codeOf(error);
    return neverLeft(error) ? { kind: 'not_sent', retryAfterMs: null, detail } : { kind: 'lost', detail };
  }
}

async function readAnswer(response: Response, maxBytes: number): Promise<Exchange> {
  const retryAfterMs = readRetryAfter(response.headers.get('retry-after'), Date.now());
  const { status } = response;
  try {
    const body = await readBody(response, maxBytes);
    if (body !== null) return { kind: 'answered', status, body, retryAfterMs };
    if (response.ok) return { kind: 'oversized' };
  } catch (error) {
    if (response.ok) throw error;
  }
  // A refusal is one whatever its body says.
  return { kind: 'answered', status, body: '', retryAfterMs };
}

/** The body as text; null when it is larger than `maxBytes`. */
async function readBody(response: Response, maxBytes: number): Promise<string | null> {
  if (!response.body) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    // Leaving the loop cancels the body, which closes its connection.
    if (bytes > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** `Retry-After` (RFC 9110, section 10.2.3): whole seconds or a date; null when there is none. */
export function readRetryAfter(header: string | null, nowMs: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const atMs = /^[A-Za-z]/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}

// Certificates are checked before anything is sent (Node's TLS error codes, OpenSSL's X509_V_ERR_*).
const certificateCodes: ReadonlySet<string> = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

const connecting: ReadonlySet<unknown> = new Set(['connect', 'getaddrinfo']);

/** The fields that fetch's errors carry, wherever in the chain of causes. */
interface SystemError {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly cause?: unknown;
  /** An AggregateError's: one for each address that was tried. */
  readonly errors?: unknown;
  readonly name?: unknown;
}

const asError = (error: unknown): SystemError => (typeof error === 'object' && error !== null ? error : {});

/** Did a fetch fail for certain before the first byte of the request was sent? */
export function neverLeft(error: unknown): boolean {
  const { code, syscall, cause, errors } = asError(error);
  if (connecting.has(syscall) || code === 'UND_ERR_CONNECT_TIMEOUT') return true;
  if (typeof code === 'string' && certificateCodes.has(code)) return true;
  if (Array.isArray(errors) && errors.length > 0) return errors.every(neverLeft);
  return cause !== undefined && neverLeft(cause);
}

/** A word for the log. Never the message: it may quote what was sent. */
function codeOf(error: unknown): string {
  const { code, cause, name } = asError(error);
  if (typeof code === 'string') return code;
  if (cause !== undefined) return codeOf(cause);
  return typeof name === 'string' ? name : 'unknown error';
}
