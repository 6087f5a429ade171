/** How an attempt ended: with an answer, or with an error of the connection. */
export type Outcome = Response | Error;

export interface Circumstances {
  /** How many attempts were made, this one included. */
  readonly attempts: number;
  /** True if a repeat changes nothing more: reads, and every POST, because it has an `Idempotency-Key`. */
  readonly isRepeatable: boolean;
  /** True once this process had any answer: then the address is right, and Timbre will be back. */
  readonly hasAnswered: boolean;
}

const maxAttempts = 8;
/** Whoever waits at a terminal rather tries again later. */
const maxWaitSeconds = 120;

const neverConnected = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;
const hopeless = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_INVALID)/;

/** Returns the code of an error of the connection. fetch wraps it once or twice. */
function codeOf(error: Error): string {
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    if ('code' in each && typeof each.code === 'string') return each.code;
  }
  return '';
}

/** As docs/retries.md says. A DELETE or PUT may have taken effect, unless it was refused for coming too often. */
function mayRepeat(response: Response, isRepeatable: boolean): boolean {
  if (response.status === 429) return true;
  if (!isRepeatable) return false;
  if (response.status === 409) return response.headers.has('Retry-After');
  return [408, 500, 502, 503, 504].includes(response.status);
}

/**
 * Decides whether a request is sent again.
 *
 * @returns after how many seconds; null if not
 */
export function secondsToRetry(outcome: Outcome, circumstances: Circumstances): number | null {
  const { attempts, isRepeatable, hasAnswered } = circumstances;
  if (attempts >= maxAttempts) return null;
  const doubled = Math.min(2 ** (attempts - 1), 30);
  if (outcome instanceof Response) {
    if (!mayRepeat(outcome, isRepeatable)) return null;
    const asked = Number(outcome.headers.get('Retry-After') ?? doubled);
    const seconds = Number.isFinite(asked) ? Math.max(asked, 0) : doubled;
    return seconds <= maxWaitSeconds ? seconds : null;
  }
  const code = codeOf(outcome);
  if (code === '' || hopeless.test(code)) return null; // a wrong certificate, or a port that fetch refuses
  if (neverConnected.test(code)) return hasAnswered ? doubled : null;
  return isRepeatable ? doubled : null;
}
