import { describe, expect, it } from '@jest/globals';
import { LocalWindows, rateCount, windowMs } from './rate-window.js';

describe('rateCount', () => {
  it.each([
    [1, 60_000, { allowed: true, remaining: 1, resetSeconds: 60 }],
    [2, 30_001, { allowed: true, remaining: 0, resetSeconds: 31 }],
    [3, 1_000, { allowed: false, remaining: 0, resetSeconds: 1 }],
    [900, 1, { allowed: false, remaining: 0, resetSeconds: 1 }],
    [900, 0, { allowed: false, remaining: 0, resetSeconds: 1 }],
  ])('describes request %d of a limit of 2, %d ms before the window ends', (count, restMs, expected) => {
    expect(rateCount(count, restMs, 2)).toEqual({ limit: 2, ...expected });
  });
});

describe('LocalWindows.hit', () => {
  it('counts in a window that starts with the first request and that later ones do not extend', () => {
    let now = 5_000;
    const windows = new LocalWindows(() => now);
    expect(windows.hit('a')).toEqual({ count: 1, restMs: windowMs });
    now += windowMs - 1;
    expect(windows.hit('a')).toEqual({ count: 2, restMs: 1 });
    now += 1;
    expect(windows.hit('a')).toEqual({ count: 1, restMs: windowMs });
  });

  it('counts buckets separately', () => {
    const windows = new LocalWindows(() => 0);
    windows.hit('a');
    windows.hit('a');
    expect(windows.hit('b').count).toBe(1);
  });

  it('deletes only windows that have ended, however many there are', () => {
    let now = 0;
    const windows = new LocalWindows(() => now);
    windows.hit('early');
    now = windowMs - 1;
    windows.hit('late');
    for (let n = 0; n < 10_001; n++) windows.hit(`other ${n}`);
    now = windowMs;
    windows.hit('one more'); // deletes ended windows
    expect(windows.hit('late').count).toBe(2);
    expect(windows.hit('early').count).toBe(1);
  });
});
