import { describe, expect, it } from '@jest/globals';
import { endedShare, partsOf } from './parts.js';

const recompute = { voices: 500, counts: { waiting: 380, running: 4, done: 110, failed: 0, skipped: 6 } };

describe('partsOf', () => {
  it('puts what has ended first, and leaves out what has no voice', () => {
    expect(partsOf(recompute)).toEqual([
      { name: 'done', voices: 110, share: 0.22 },
      { name: 'skipped', voices: 6, share: 0.012 },
      { name: 'running', voices: 4, share: 0.008 },
      { name: 'waiting', voices: 380, share: 0.76 },
    ]);
  });
});

describe('endedShare', () => {
  it('counts failed and skipped voices too', () => {
    expect(endedShare(recompute)).toBeCloseTo(0.232);
  });

  it('is 1 for a recompute without voices', () => {
    expect(endedShare({ voices: 0, counts: { waiting: 0, running: 0, done: 0, failed: 0, skipped: 0 } })).toBe(1);
  });
});
