import { ApiFailure } from '#libs/client';

/** An upload is sent again by itself so many times. Then its person decides. */
export const mostRetries = 4;

/**
 * Returns whether it is unknown, or does not matter, if Timbre has received a request, so that it must be repeated with the same
 * `Idempotency-Key` (docs/retries.md). After every other failure nothing was made, and the next try is a new request.
 */
export function mayHaveArrived(failure: unknown): boolean {
  if (!(failure instanceof ApiFailure)) return false;
  const { status, retryAfterSeconds } = failure;
  return status === 0 || status === 408 || status === 429 || status >= 500 || retryAfterSeconds !== undefined;
}

/**
 * Returns after which time an upload is sent again by itself: as long as the server asks for, or 1 s, 2 s, 4 s, 8 s.
 *
 * @param retries how often it was sent again already
 * @returns undefined if sending the same again is of no use, or was tried often enough. A full disk takes more than seconds
 */
export function retryMs(failure: unknown, retries: number): number | undefined {
  if (retries >= mostRetries || !mayHaveArrived(failure)) return undefined;
  if (!(failure instanceof ApiFailure) || failure.status === 507) return undefined;
  return Math.max((failure.retryAfterSeconds ?? 0) * 1000, 1000 * 2 ** retries);
}
