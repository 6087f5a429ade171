/**
 * Whether an endpoint that stopped answering is left alone.
 *
 * closed: requests go out, failures in a row are counted. open: none go out until `untilMs`. half_open: one request
 * is out to try; its outcome closes or opens, and when it is lost another may try after `untilMs`.
 */
export type Breaker =
  | { readonly kind: 'closed'; readonly failures: number }
  | { readonly kind: 'open'; readonly untilMs: number }
  | { readonly kind: 'half_open'; readonly untilMs: number };

export interface BreakerSettings {
  /** Failures in a row that open it. */
  readonly opensAfter: number;
  /** How long it stays open. */
  readonly openMs: number;
}

/** May this request go out? `retryAfterMs` is 0 when it may. */
export interface Admission {
  readonly breaker: Breaker;
  readonly retryAfterMs: number;
}

export const closedBreaker: Breaker = { kind: 'closed', failures: 0 };

/** Asks before a request; the answer's breaker is the new state. */
export function admit(breaker: Breaker, settings: BreakerSettings, nowMs: number): Admission {
  if (breaker.kind === 'closed') return { breaker, retryAfterMs: 0 };
  if (nowMs < breaker.untilMs) return { breaker, retryAfterMs: Math.ceil(breaker.untilMs - nowMs) };
  return { breaker: { kind: 'half_open', untilMs: nowMs + settings.openMs }, retryAfterMs: 0 };
}

/** The endpoint answered, whatever it said. */
export function succeeded(): Breaker {
  return closedBreaker;
}

/** The endpoint did not answer, or answered 5xx. Failures of requests sent before it opened change nothing. */
export function failed(breaker: Breaker, settings: BreakerSettings, nowMs: number): Breaker {
  switch (breaker.kind) {
    case 'open':
      return breaker;
    case 'half_open':
      return { kind: 'open', untilMs: nowMs + settings.openMs };
    case 'closed': {
      const failures = breaker.failures + 1;
      return failures < settings.opensAfter
        ? { kind: 'closed', failures }
        : { kind: 'open', untilMs: nowMs + settings.openMs };
    }
  }
}
