import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pollDelayMs, pollDelaysMs } from './poll-delay.js';

const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('pollDelayMs', () => {
  it('starts at 2 s, grows with every poll and stays below 15 s', () => {
    const delays = Array.from({ length: 12 }, (_, poll) => pollDelayMs(poll, () => 0));
    expect(delays[0]).toBe(2000);
    expect(delays).toEqual([...delays].sort((one, other) => one - other));
    expect(delays.slice(-2)).toEqual([12_500, 12_500]);
  });

  it('stays between 2 and 15 s, with a fifth of jitter, for any poll', () => {
    fc.assert(
      fc.property(fc.nat(), unit, (poll, random) => {
        const delay = pollDelayMs(poll, () => random);
        const base = pollDelayMs(poll, () => 0);
        expect(delay).toBeGreaterThanOrEqual(Math.max(2000, base));
        expect(delay).toBeLessThanOrEqual(Math.min(15_000, base * 1.2 + 1));
      }),
    );
  });
});

describe('pollDelaysMs', () => {
  it('ranges from the first poll to the longest delay', () => {
    const delays = pollDelaysMs();
    delays.forEach((delay, at) => expect(delay).toBeGreaterThanOrEqual(pollDelayMs(at + 1, () => 0)));
    expect(delays.at(-1)).toBeGreaterThanOrEqual(12_500);
    expect(pollDelayMs(delays.length - 1, () => 0)).toBeLessThan(12_500);
  });
});
