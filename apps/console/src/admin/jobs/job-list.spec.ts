import { describe, expect, it } from '@jest/globals';
import type { Schema } from '#libs/client';
import { durationOf, isUnderWay, searchedJobs } from './job-list.js';

const job: Schema<'Job'> = {
  id: '3f8a6f9e-4f0c-4a53-8f5e-6f1d5f1f0a11',
  partner: 'demo',
  voice: 'Marie (embed)',
  kind: 'embed',
  state: 'waiting',
  stage: 'collect',
  generation: 1,
  attempts: 0,
  deaths: 0,
  error: null,
  runpod_job_id: null,
  created_at: '2026-11-30T11:56:31Z',
  updated_at: '2026-11-30T11:56:38Z',
  finished_at: null,
};

describe('durationOf', () => {
  it('is the time since the start while the job is under way', () => {
    expect(durationOf(job, Date.parse('2026-11-30T11:57:31Z'))).toBe(60);
  });

  it('is the time that the job took when it has ended', () => {
    expect(durationOf({ ...job, finished_at: '2026-11-30T11:56:38Z' }, Date.now())).toBe(7);
  });

  it('is not negative where the clock of the browser is behind', () => {
    expect(durationOf(job, Date.parse('2026-11-30T11:56:00Z'))).toBe(0);
  });
});

describe('isUnderWay', () => {
  it('tells whether a job has ended', () => {
    expect(isUnderWay(job)).toBe(true);
    expect(isUnderWay({ finished_at: '2026-11-30T11:56:38Z' })).toBe(false);
  });
});

describe('searchedJobs', () => {
  const jobs = [job, { ...job, id: 'another', partner: 'acme', voice: 'anna' }];

  it('returns all jobs without a search', () => {
    expect(searchedJobs(jobs, ' ')).toBe(jobs);
  });

  it.each([
    ['marie', ['demo']],
    ['MARIE demo', ['demo']],
    ['acme', ['acme']],
    ['3f8a6f9e', ['demo']],
    ['marie acme', []],
  ])('finds with "%s" the jobs of %j', (search, partners) => {
    expect(searchedJobs(jobs, search).map(({ partner }) => partner)).toEqual(partners);
  });
});
