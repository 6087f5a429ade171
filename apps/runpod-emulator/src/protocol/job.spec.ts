import { describe, expect, it } from '@jest/globals';
import { JobStore } from './job-store.js';
import { labelsOf, moveJob, statusAnswer } from './job.js';
import { parseRunRequest } from './run-request.js';

const newJob = () => new JobStore().add('e1', parseRunRequest({ input: {} }, false), [], 1000);

describe('EmulatedJob', () => {
  it('has an id like RunPod’s', () => {
    expect(newJob().id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-u1$/);
  });

  it('reports waiting and running time separately', () => {
    const job = newJob();
    expect(statusAnswer(job, 1500)).toEqual({ id: job.id, status: 'IN_QUEUE' });
    moveJob(job, 'IN_PROGRESS', 3000);
    expect(statusAnswer(job, 3500)).toMatchObject({ delayTime: 2000, executionTime: 500, status: 'IN_PROGRESS' });
    moveJob(job, 'COMPLETED', 4000);
    expect(statusAnswer(job, 9999)).toMatchObject({ delayTime: 2000, executionTime: 1000, status: 'COMPLETED' });
  });

  it('loses its old result on a retry', () => {
    const job = newJob();
    moveJob(job, 'IN_PROGRESS', 2000);
    moveJob(job, 'FAILED', 3000);
    job.error = 'boom';
    expect(moveJob(job, 'IN_QUEUE', 4000)).toBe(true);
    expect(statusAnswer(job, 5000)).toEqual({ id: job.id, status: 'IN_QUEUE' });
  });

  it('refuses transitions that are not allowed', () => {
    const job = newJob();
    moveJob(job, 'CANCELLED', 2000);
    expect(moveJob(job, 'IN_PROGRESS', 3000)).toBe(false);
    expect(job).toMatchObject({ status: 'CANCELLED', endedAt: 2000 });
  });

  it('takes its labels from any input', () => {
    expect(labelsOf({ voice: { partner: 'p', name: 'v' }, job: 'j', generation: 2 })).toEqual({
      partner: 'p',
      voice: 'v',
      job: 'j',
      generation: 2,
    });
    expect(labelsOf({ voice: 7 })).toEqual({ partner: null, voice: null, job: null, generation: null });
  });
});

describe('JobStore', () => {
  it('finds a job under its endpoint until it is forgotten', () => {
    const store = new JobStore();
    const job = store.add('e1', parseRunRequest({ input: {} }, false), [], 0);
    expect(store.find('e1', job.id)).toBe(job);
    expect(store.find('e2', job.id)).toBeNull();
    store.forget(job);
    expect(store.find('e1', job.id)).toBeNull();
    expect(store.all()).toEqual([job]);
  });
});
