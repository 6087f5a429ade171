import { describe, expect, it } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { Gate } from './gate.js';

describe('Gate', () => {
  it('runs as many tasks at once as it has places, and all of them in the end, even after failures', async () => {
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
