import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { admit, closedBreaker, failed, succeeded, type Breaker } from './circuit-breaker.js';

const settings = { opensAfter: 3, openMs: 1000 };
const failTimes = (times: number, from: Breaker = closedBreaker): Breaker =>
  Array.from({ length: times }).reduce<Breaker>((breaker) => failed(breaker, settings, 0), from);

describe('the circuit breaker', () => {
  it('opens after consecutive failures, not before', () => {
    expect(admit(failTimes(2), settings, 0).retryAfterMs).toBe(0);
    expect(admit(failTimes(3), settings, 0).retryAfterMs).toBe(1000);
    expect(admit(failTimes(3), settings, 400).retryAfterMs).toBe(600);
  });

  it('resets the failures at the first response', () => {
    failTimes(2);
    expect(failTimes(2, succeeded()).kind).toBe('closed');
  });

  it('admits one trial request when its time is over, and another if that one is lost', () => {
    const trial = admit(failTimes(3), settings, 1000);
    expect([trial.retryAfterMs, trial.breaker.kind]).toEqual([0, 'half_open']);
    expect(admit(trial.breaker, settings, 1001).retryAfterMs).toBe(999);
    expect(admit(trial.breaker, settings, 2000).retryAfterMs).toBe(0);
  });

  it('opens again when the trial fails, and closes when it succeeds', () => {
    const { breaker } = admit(failTimes(3), settings, 1000);
    expect(admit(failed(breaker, settings, 1100), settings, 1200).retryAfterMs).toBe(900);
    expect(admit(succeeded(), settings, 1200).retryAfterMs).toBe(0);
  });

  it('ignores failures of requests that were sent before it opened', () => {
    expect(failed(failTimes(3), settings, 900)).toEqual(failTimes(3));
  });

  it('never delays a request for longer than openMs', () => {
    const event = fc.record({ what: fc.constantFrom('ask', 'fail', 'answer'), afterMs: fc.nat(2000) });
    fc.assert(
      fc.property(fc.array(event), (events) => {
        let breaker = closedBreaker;
        let nowMs = 0;
        for (const { what, afterMs } of events) {
          nowMs += afterMs;
          if (what === 'fail') breaker = failed(breaker, settings, nowMs);
          if (what === 'answer') breaker = succeeded();
          if (what === 'ask') breaker = admit(breaker, settings, nowMs).breaker;
          expect(admit(breaker, settings, nowMs).retryAfterMs).toBeLessThanOrEqual(settings.openMs);
          expect(admit(breaker, settings, nowMs + settings.openMs).retryAfterMs).toBe(0);
        }
      }),
    );
  });
});
