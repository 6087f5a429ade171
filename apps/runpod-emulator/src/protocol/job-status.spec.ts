import { describe, expect, it } from '@jest/globals';
import { hasEnded, jobTransitions, mayMove, type JobStatus } from './job-status.js';

const states = Object.keys(jobTransitions) as JobStatus[];

describe('job states', () => {
  it('are all reached from the queue', () => {
    const reached = new Set<JobStatus>(['IN_QUEUE']);
    for (const from of reached) for (const to of jobTransitions[from]) reached.add(to);
    expect([...reached].sort()).toEqual([...states].sort());
  });

  it('may be retried from FAILED and TIMED_OUT alone', () => {
    expect(states.filter((state) => mayMove(state, 'IN_QUEUE'))).toEqual(['FAILED', 'TIMED_OUT']);
  });

  it('are left by nothing but a retry once they are an end', () => {
    for (const state of states.filter(hasEnded)) {
      for (const to of states) expect(mayMove(state, to) && to !== 'IN_QUEUE').toBe(false);
    }
  });
});
