import { describe, expect, it } from '@jest/globals';
import { RequestLimiter } from './request-limiter.js';

describe('RequestLimiter', () => {
  it('sends a burst at once and the rest later, in order', async () => {
    const limiter = new RequestLimiter({ max: 20, windowMs: 200 });
    const startMs = performance.now();
    const order: number[] = [];
    await Promise.all(Array.from({ length: 6 }, (_, n) => limiter.turn().then(() => order.push(n))));
    expect(order).toEqual([0, 1, 2, 3, 4, 5]);
    // Two at once, four more at 18 in 200 ms. Timers may be early by a millisecond.
    expect(performance.now() - startMs).toBeGreaterThan(43);
  });

  it('stops waiting on an abort', async () => {
    const limiter = new RequestLimiter({ max: 2, windowMs: 3_600_000 });
    await limiter.turn();
    const leaving = new AbortController();
    const waiting = limiter.turn(leaving.signal);
    leaving.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    await expect(limiter.turn(leaving.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});
