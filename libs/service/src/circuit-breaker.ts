/**
 * Decides whether to send requests to a server that stopped answering.
 *
 * - closed: requests go out, and consecutive failures are counted.
 * - open: no request goes out until `untilMs`.
 * - half_open: one trial request is out. Its outcome closes or opens the breaker. If the trial is lost, the next one may
 *   go out at `untilMs`.
 */
export type Breaker =
  | { readonly kind: 'closed'; readonly failures: number }
  | { readonly kind: 'open'; readonly untilMs: number }
  | { readonly kind: 'half_open'; readonly untilMs: number };

export interface BreakerSettings {
  /** Consecutive failures that open it. */
  readonly opensAfter: number;
  readonly openMs: number;
}

export interface Admission {
  /** The state after the question. */
  readonly breaker: Breaker;
  /** 0 if the request may go out. */
  readonly retryAfterMs: number;
}

export const closedBreaker: Breaker = { kind: 'closed', failures: 0 };

/** Decides whether a request may go out. Must be called before each request. */
export function admit(breaker: Breaker, settings: BreakerSettings, nowMs: number): Admission {
  if (breaker.kind === 'closed') return { breaker, retryAfterMs: 0 };
  if (nowMs < breaker.untilMs) return { breaker, retryAfterMs: Math.ceil(breaker.untilMs - nowMs) };
  return { breaker: { kind: 'half_open', untilMs: nowMs + settings.openMs }, retryAfterMs: 0 };
}

/** Returns the state after a response. */
export function succeeded(): Breaker {
  return closedBreaker;
}

/** Returns the state after a failure. A request that was sent before the breaker opened changes nothing. */
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
