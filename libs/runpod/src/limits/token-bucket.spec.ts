import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fullBucket, reserve, runpodLimits, type RequestLimit } from './token-bucket.js';

/** When each request that arrives at `arrivalsMs` is sent. */
function departures(limit: RequestLimit, arrivalsMs: readonly number[]): readonly number[] {
  let bucket = fullBucket(limit, 0);
  return arrivalsMs.map((nowMs) => {
    const reservation = reserve(bucket, limit, nowMs);
    bucket = reservation.bucket;
    return nowMs + reservation.waitMs;
  });
}

const limits = fc.record({ max: fc.integer({ min: 2, max: 50 }), windowMs: fc.integer({ min: 100, max: 10_000 }) });
const arrivals = fc
  .array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 500 })), { minLength: 1, maxLength: 150 })
  .map((gaps) => gaps.map((_, index) => gaps.slice(0, index + 1).reduce((sum, gap) => sum + gap, 0)));

describe('token bucket', () => {
  it('never sends more than the limit in any window', () => {
    fc.assert(
      fc.property(limits, arrivals, (limit, asked) => {
        const sent = departures(limit, asked);
        for (const start of sent) {
          const inWindow = sent.filter((at) => at >= start && at < start + limit.windowMs).length;
          expect(inWindow).toBeLessThanOrEqual(limit.max);
        }
      }),
    );
  });

  it('keeps the order of the calls', () => {
    fc.assert(
      fc.property(limits, arrivals, (limit, asked) => {
        const sent = departures(limit, asked);
        expect(sent).toEqual([...sent].sort((one, other) => one - other));
      }),
    );
  });

  it('wastes little: sends 10 000 polls in 112 s', () => {
    const sent = departures(runpodLimits.allPolls, new Array<number>(10_000).fill(0));
    expect(sent[9]).toBe(0);
    expect(sent.at(-1)).toBeLessThan(112_000);
  });

  it('adds no tokens for a clock that goes backwards', () => {
    const limit = { max: 10, windowMs: 1000 };
    const first = reserve(fullBucket(limit, 5000), limit, 5000);
    expect(reserve(first.bucket, limit, 0).waitMs).toBeGreaterThan(0);
  });
});
