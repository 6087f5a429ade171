/** Requests since the start of a window. */
export interface RateWindow {
  readonly openedAt: number;
  readonly count: number;
}

export interface RateDecision {
  readonly window: RateWindow;
  readonly admitted: boolean;
}

export const rateWindowMs = 10_000;

/** Counts one request at `now` (ms). A window starts with its first request and ends after 10 s. */
export function countRequest(window: RateWindow | undefined, now: number, limit: number): RateDecision {
  if (!window || now - window.openedAt >= rateWindowMs) {
    return { window: { openedAt: now, count: 1 }, admitted: limit >= 1 };
  }
  if (window.count >= limit) return { window, admitted: false };
  return { window: { openedAt: window.openedAt, count: window.count + 1 }, admitted: true };
}
