import { describe, expect, it } from '@jest/globals';
import { hasEnded, jobTransitions, mayMove, type JobStatus } from './job-status.js';

const states = Object.keys(jobTransitions) as JobStatus[];

describe('jobTransitions', () => {
  it('reach every state from the queue', () => {
    const reached = new Set<JobStatus>(['IN_QUEUE']);
    for (const from of reached) for (const to of jobTransitions[from]) reached.add(to);
    expect([...reached].sort()).toEqual([...states].sort());
  });

  it('allow a retry only from FAILED and TIMED_OUT', () => {
    expect(states.filter((state) => hasEnded(state) && mayMove(state, 'IN_QUEUE'))).toEqual(['FAILED', 'TIMED_OUT']);
  });

  it('leave an end state only by a retry', () => {
    for (const state of states.filter(hasEnded)) {
      for (const to of states) expect(mayMove(state, to) && to !== 'IN_QUEUE').toBe(false);
    }
  });
});
