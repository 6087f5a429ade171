import { describe, expect, it } from '@jest/globals';
import { percentOf, usageOfQuota } from './usage-of-quota.js';

describe('usageOfQuota', () => {
  it.each([
    [5, null, undefined, 'unlimited'],
    [0, 10, 0, 'ample'],
    [7, 10, 0.7, 'ample'],
    [8, 10, 0.8, 'scarce'],
    [10, 10, 1, 'full'],
    [12, 10, 1, 'full'],
    [0, 0, 1, 'full'],
  ] as const)('says of %s of %s that the share is %s and the state %s', (used, limit, share, state) => {
    expect(usageOfQuota(used, limit)).toEqual({ share, state });
  });
});

describe('percentOf', () => {
  it.each([
    [0, 0],
    [0.0001, 1],
    [0.5, 50],
    [0.999, 99],
    [1, 100],
  ])('writes %s as %s %%', (share, percent) => {
    expect(percentOf(share)).toBe(percent);
  });
});
