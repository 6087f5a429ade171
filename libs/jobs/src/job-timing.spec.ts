import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { leaseMs, maxAttempts, renewEveryMs, retryDelayMs } from './job-timing.js';

describe('retryDelayMs', () => {
  it.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [6, 32_000],
    [7, 60_000],
    [8, 60_000],
    [5_000, 60_000],
  ])('returns for %d failures between half and all of %d ms', (attempts, fullMs) => {
    expect(retryDelayMs(attempts, 0)).toBe(fullMs / 2);
    expect(retryDelayMs(attempts, 0.5)).toBe(fullMs * 0.75);
    expect(retryDelayMs(attempts, 0.999999)).toBe(fullMs);
  });

  it('is never under 0.5 s and never over a minute', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (n, random) => {
          const delayMs = retryDelayMs(n, random);
          expect(delayMs).toBeGreaterThanOrEqual(500);
          expect(delayMs).toBeLessThanOrEqual(60_000);
        },
      ),
    );
  });

  it('spreads the attempts of a job over at least a minute', () => {
    const shortest = Array.from({ length: maxAttempts - 1 }, (_, at) => retryDelayMs(at + 1, 0));
    expect(shortest.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(60_000);
  });
});

describe('the lease', () => {
  it('is renewed three times before it expires', () => {
    expect(renewEveryMs * 3).toBeLessThan(leaseMs);
  });
});
