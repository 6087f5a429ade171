import type { RunResult } from '../wire/run-result.js';

/** An endpoint rejects submissions until an operator changes a setting. Few are sent meanwhile, to detect the change. */
export interface RefusalPause {
  /** Consecutive refusals. */
  readonly refusals: number;
  /** No submission is sent before this time. */
  readonly untilMs: number;
  /** Message of the last refusal. */
  readonly message: string;
}

const firstPauseMs = 10_000;
/** Jobs continue at most this long after an operator has fixed the setting. */
const longestPauseMs = 60_000;

/**
 * Returns the pause after a submission with this outcome.
 *
 * @returns null if submissions may be sent
 */
export function pauseAfter(pause: RefusalPause | null, result: RunResult, nowMs: number): RefusalPause | null {
  switch (result.kind) {
    case 'accepted':
      return null;
    case 'unknown':
    case 'not_sent':
      return pause;
    case 'refused': {
      if (!result.mayPass) return null;
      // This request was sent before the pause started, so its refusal is not a new one.
      if (pause !== null && nowMs < pause.untilMs) return pause;
      const refusals = (pause?.refusals ?? 0) + 1;
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(refusals - 1, 10));
      return { refusals, untilMs: nowMs + pauseMs, message: result.message };
    }
  }
}
