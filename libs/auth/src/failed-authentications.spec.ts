import { describe, expect, it } from '@jest/globals';
import { ExhaustedLimits } from './failed-authentications.js';

describe('ExhaustedLimits', () => {
  it('has a client until its window ends', () => {
    let now = 0;
    const clients = new ExhaustedLimits(() => now);
    clients.add('a', 1_000);
    expect([clients.has('a'), clients.has('b')]).toEqual([true, false]);
    now = 1_000;
    expect([clients.has('a'), clients.size]).toEqual([false, 0]);
  });

  it('keeps a limited number of clients, the latest among them', () => {
    const clients = new ExhaustedLimits(() => 0);
    for (let client = 0; client < 25_000; client += 1) clients.add(String(client), 1_000);
    expect(clients.size).toBeLessThanOrEqual(10_000);
    expect(clients.has('24999')).toBe(true);
  });
});
