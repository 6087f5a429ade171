import { describe, expect, it } from '@jest/globals';
import { usageOfQuota } from './usage-of-quota.js';

describe('usageOfQuota', () => {
  it.each([
    [5, null, undefined, undefined, 'unlimited'],
    [0, 10, 0, 0, 'ample'],
    [7, 10, 0.7, 70, 'ample'],
    [8, 10, 0.8, 80, 'scarce'],
    [10, 10, 1, 100, 'full'],
    [12, 10, 1, 120, 'full'],
    [0, 0, 1, undefined, 'full'],
  ] as const)('of %s of %s: share %s, %s %%, %s', (used, limit, share, percent, state) => {
    expect(usageOfQuota(used, limit)).toEqual({ share, percent, state });
  });

  it('rounds neither to nothing nor to all', () => {
    expect(usageOfQuota(1, 1_000_000).percent).toBe(1);
    expect(usageOfQuota(999_999, 1_000_000).percent).toBe(99);
  });
});
