import { describe, expect, it } from '@jest/globals';
import { healthOf, isReadiness } from './health.js';

const allUp = { postgres: 'up', redis: 'up', storage: 'up', scratch: 'up' } as const;

describe('healthOf', () => {
  it('finds everything good while all are up', () => {
    expect(healthOf(allUp).every(({ tone }) => tone === 'good')).toBe(true);
  });

  it.each([
    [{ ...allUp, postgres: 'down' }, 'postgres', 'poor'],
    [{ ...allUp, redis: 'down' }, 'redis', 'fair'],
    [{ ...allUp, storage: 'read_only' }, 'storage', 'fair'],
    [{ ...allUp, storage: 'down' }, 'storage', 'poor'],
    [{ ...allUp, scratch: 'full' }, 'scratch', 'fair'],
  ] as const)('of %j marks %s as %s', (dependencies, name, tone) => {
    const health = healthOf(dependencies);
    expect(health.find((each) => each.name === name)?.tone).toBe(tone);
    expect(health.filter((each) => each.tone !== 'good')).toHaveLength(1);
  });
});

describe('isReadiness', () => {
  it('tells readiness from errors', () => {
    expect(isReadiness({ status: 'not_ready', dependencies: allUp })).toBe(true);
    expect(isReadiness({ detail: 'Service temporarily unavailable' })).toBe(false);
    expect(isReadiness(undefined)).toBe(false);
  });
});
