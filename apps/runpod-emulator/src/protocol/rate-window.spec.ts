import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countRequest, rateWindowMs, type RateWindow } from './rate-window.js';

describe('countRequest', () => {
  it('admits requests up to the limit, rejects the next, and starts again after the window', () => {
    let window: RateWindow | undefined;
    const ask = (now: number): boolean => {
      const decision = countRequest(window, now, 3);
      window = decision.window;
      return decision.admitted;
    };
    expect([1000, 1001, 1002, 1003, 1000 + rateWindowMs - 1].map(ask)).toEqual([true, true, true, false, false]);
    expect(ask(1000 + rateWindowMs)).toBe(true);
  });

  it('never admits more than the limit within one window', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 4000 }), { maxLength: 60 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 5 }), (waits, limit) => {
        let window: RateWindow | undefined;
        let now = 0;
        const admittedPerWindow = new Map<number, number>();
        for (const wait of waits) {
          now += wait;
          const decision: { window: RateWindow; admitted: boolean } = countRequest(window, now, limit);
          window = decision.window;
          if (decision.admitted)
            admittedPerWindow.set(window.openedAt, (admittedPerWindow.get(window.openedAt) ?? 0) + 1);
        }
        for (const admitted of admittedPerWindow.values()) expect(admitted).toBeLessThanOrEqual(limit);
      }),
    );
  });
});
