import { describe, expect, it } from '@jest/globals';
import { retryAfterSeconds } from './retry-plan.js';

/** The delays after each failed attempt. */
function delays(random: number): number[] {
  const made: number[] = [];
  for (let delay = retryAfterSeconds(1, random); delay !== null; delay = retryAfterSeconds(made.length + 1, random)) {
    made.push(delay);
  }
  return made;
}
const days = (seconds: readonly number[]): number => seconds.reduce((sum, each) => sum + each, 0) / 86_400;

describe('retryAfterSeconds', () => {
  it('spreads 10 more attempts over 3 days, each after a longer time', () => {
    const made = delays(0.5);
    expect(made).toHaveLength(10);
    expect(made[0]).toBe(5);
    expect(made).toEqual([...made].sort((a, b) => a - b));
    expect(days(made)).toBeGreaterThan(2.9);
    expect(days(made)).toBeLessThan(3);
  });

  it('varies each delay by up to a tenth', () => {
    expect(days(delays(0))).toBeCloseTo(0.9 * days(delays(0.5)));
    expect(days(delays(1))).toBeCloseTo(1.1 * days(delays(0.5)));
  });
});
