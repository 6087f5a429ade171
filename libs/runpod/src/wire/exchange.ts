/** One request to the RunPod API. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly apiKey: string;
  /** JSON text. */
  readonly body?: string;
}

export interface ExchangeLimits {
  /** Total time, from connecting to the last byte of the response. */
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
}

/**
 * Outcome of a request.
 *
 * `not_sent`: it certainly did not reach the server and may be repeated. `lost`: the server may have received and
 * executed it. `oversized`: the response was a 2xx with a body over the limit, which was not read completely.
 */
export type Exchange =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string; readonly retryAfterMs: number | null }
  | { readonly kind: 'oversized' }
  | { readonly kind: 'not_sent'; readonly retryAfterMs: number | null; readonly detail: string }
  | { readonly kind: 'lost'; readonly detail: string };

/** Sends a request once, over Node's keep-alive connections. Never throws. */
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
      // Following a 307 would send a POST twice.
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
  // An error status counts, even if its body cannot be read.
  return { kind: 'answered', status, body: '', retryAfterMs };
}

/** Reads the body as text; null if it is larger than `maxBytes`. */
async function readBody(response: Response, maxBytes: number): Promise<string | null> {
  if (!response.body) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    // Leaving the loop cancels the body, which closes the connection.
    if (bytes > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Parses `Retry-After` (RFC 9110, section 10.2.3): whole seconds or a date. Returns null for anything else. */
export function readRetryAfter(header: string | null, nowMs: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const atMs = /^[A-Za-z]/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}

// Certificates are checked before the request is sent (Node's TLS error codes, OpenSSL's X509_V_ERR_*).
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

/** Fields of fetch's errors, anywhere in the chain of causes. */
interface SystemError {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly cause?: unknown;
  /** Of an AggregateError: one for each address that was tried. */
  readonly errors?: unknown;
  readonly name?: unknown;
}

const asError = (error: unknown): SystemError => (typeof error === 'object' && error !== null ? error : {});

/** True if a fetch certainly failed before the first byte of the request was sent. */
export function neverLeft(error: unknown): boolean {
  const { code, syscall, cause, errors } = asError(error);
  if (connecting.has(syscall) || code === 'UND_ERR_CONNECT_TIMEOUT') return true;
  if (typeof code === 'string' && certificateCodes.has(code)) return true;
  if (Array.isArray(errors) && errors.length > 0) return errors.every(neverLeft);
  return cause !== undefined && neverLeft(cause);
}

/** Returns a code for the log. The message is not logged, because it may quote the request. */
function codeOf(error: unknown): string {
  const { code, cause, name } = asError(error);
  if (typeof code === 'string') return code;
  if (cause !== undefined) return codeOf(cause);
  return typeof name === 'string' ? name : 'unknown error';
}
