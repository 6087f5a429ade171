/** Requests counted since the window was opened. */
export interface RateWindow {
  readonly openedAt: number;
  readonly count: number;
}

export interface RateDecision {
  readonly window: RateWindow;
  readonly admitted: boolean;
}

export const RATE_WINDOW_MS = 10_000;

/** Counts one request at `now` (ms); a window opens with its first request and is over after 10 s. */
export function countRequest(window: RateWindow | undefined, now: number, limit: number): RateDecision {
  if (!window || now - window.openedAt >= RATE_WINDOW_MS) {
    return { window: { openedAt: now, count: 1 }, admitted: limit >= 1 };
  }
  if (window.count >= limit) return { window, admitted: false };
  return { window: { openedAt: window.openedAt, count: window.count + 1 }, admitted: true };
}
