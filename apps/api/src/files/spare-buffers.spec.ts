import { describe, expect, it } from '@jest/globals';
import { SpareBuffers } from './spare-buffers.js';

describe('SpareBuffers', () => {
  it('lends each buffer to one user at a time', () => {
    const buffers = new SpareBuffers(10, 2);
    const [one, other] = [buffers.take(), buffers.take()];
    expect([one.length, other.length]).toEqual([10, 10]);
    expect(other).not.toBe(one);
    buffers.giveBack(one);
    expect(buffers.take()).toBe(one);
  });

  it('keeps no more unused buffers than its limit', () => {
    const buffers = new SpareBuffers(10, 1);
    const [one, other] = [buffers.take(), buffers.take()];
    buffers.giveBack(one);
    buffers.giveBack(other);
    expect(buffers.take()).toBe(one);
    expect(buffers.take()).not.toBe(other);
  });
});
