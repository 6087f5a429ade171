import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { forEachLimited } from './for-each-limited.js';

describe('forEachLimited', () => {
  it('runs every item once with its position, up to the limit at a time', async () => {
    const done: number[] = [];
    let [running, most] = [0, 0];
    await forEachLimited([10, 20, 30, 40, 50], 3, async (item, position) => {
      most = Math.max(most, ++running);
      await turn();
      running--;
      done.push(item + position);
    });
    expect(done.sort()).toEqual([10, 21, 32, 43, 54]);
    expect(most).toBe(3);
  });

  it('starts nothing after a failure and throws it once the running work has ended', async () => {
    const started: number[] = [];
    const ended: number[] = [];
    const work = async (item: number): Promise<void> => {
      started.push(item);
      await turn();
      if (item === 1) throw new Error('first');
      await turn();
      ended.push(item);
    };
    await expect(forEachLimited([0, 1, 2, 3, 4, 5, 6], 2, work)).rejects.toThrow('first');
    expect([started, ended]).toEqual([[0, 1], [0]]);
  });
});
