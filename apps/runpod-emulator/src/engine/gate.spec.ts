import { describe, expect, it } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { forEachLimited } from './for-each-limited.js';
import { Gate } from './gate.js';

describe('Gate', () => {
  it('lets no more in than it has places, all of them in the end, also after failures', async () => {
    const gate = new Gate(2);
    let [inside, most] = [0, 0];
    const work = (fails: boolean) =>
      gate.run(async () => {
        most = Math.max(most, ++inside);
        await turn();
        inside--;
        if (fails) throw new Error('failed');
      });
    const results = await Promise.allSettled([true, false, true, false, false].map(work));
    expect(results.map(({ status }) => status)).toEqual([
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(most).toBe(2);
    await gate.run(async () => undefined);
  });
});

describe('forEachLimited', () => {
  it('does every item once, so many at a time', async () => {
    const done: number[] = [];
    let [inside, most] = [0, 0];
    await forEachLimited([10, 20, 30, 40, 50], 3, async (item, position) => {
      most = Math.max(most, ++inside);
      await turn();
      inside--;
      done.push(item + position);
    });
    expect(done.sort()).toEqual([10, 21, 32, 43, 54]);
    expect(most).toBe(3);
  });

  it('begins nothing new after a failure and throws it', async () => {
    const begun: number[] = [];
    const work = async (item: number): Promise<void> => {
      begun.push(item);
      await turn();
      if (item === 1) throw new Error('first');
    };
    await expect(forEachLimited([0, 1, 2, 3, 4, 5, 6], 2, work)).rejects.toThrow('first');
    expect(begun).toEqual([0, 1, 2]);
  });
});
