import { describe, expect, it } from '@jest/globals';
import { pauseAfter, type RefusalPause } from './refusal-pause.js';
import type { RunResult } from '../wire/run-result.js';

const refused = (mayPass = true): RunResult => ({ kind: 'refused', status: 401, message: 'No', answer: null, mayPass });
const accepted: RunResult = { kind: 'accepted', runpodJobId: 'job-1' };

describe('pauseAfter', () => {
  it('pauses longer after each refusal, up to a minute, and ends when a submission is accepted', () => {
    let [pause, nowMs] = [null as RefusalPause | null, 0];
    const pausesMs = Array.from({ length: 6 }, () => {
      pause = pauseAfter(pause, refused(), nowMs);
      const pauseMs = (pause?.untilMs ?? 0) - nowMs;
      nowMs = pause?.untilMs ?? 0;
      return pauseMs;
    });
    expect(pausesMs).toEqual([10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
    expect(pauseAfter(pause, accepted, nowMs)).toBeNull();
  });

  it('is not extended by submissions that were sent before it started', () => {
    const pause = pauseAfter(null, refused(), 0);
    expect(pauseAfter(pause, refused(), 100)).toBe(pause);
  });

  it('is not changed by outcomes that do not depend on the setting', () => {
    const pause = pauseAfter(null, refused(), 0);
    expect(pauseAfter(pause, { kind: 'unknown', detail: 'HTTP 500' }, 20_000)).toBe(pause);
    expect(pauseAfter(null, { kind: 'not_sent', retryAfterMs: 1, detail: 'HTTP 429' }, 0)).toBeNull();
  });

  it('ends when a request is refused because of its content', () => {
    expect(pauseAfter(pauseAfter(null, refused(), 0), refused(false), 20_000)).toBeNull();
  });
});
