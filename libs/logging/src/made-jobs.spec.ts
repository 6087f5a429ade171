import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { collectingJobs, noteMadeJob, type MadeJob } from './made-jobs.js';

const job = (id: string): MadeJob => ({ id, voiceId: 'v' });

describe('collectingJobs', () => {
  it('collects the jobs of each piece of work separately, nested and interleaved', async () => {
    const work = async (id: string): Promise<readonly MadeJob[]> => {
      const made: MadeJob[] = [];
      await collectingJobs(made, async () => {
        noteMadeJob(job(`${id}-1`));
        await setImmediate();
        await Promise.all([setImmediate().then(() => noteMadeJob(job(`${id}-2`)))]);
      });
      return made;
    };
    expect(await Promise.all([work('a'), work('b')])).toEqual([
      [job('a-1'), job('a-2')],
      [job('b-1'), job('b-2')],
    ]);
  });

  it('does nothing outside of a collection', () => {
    expect(() => noteMadeJob(job('x'))).not.toThrow();
  });
});
