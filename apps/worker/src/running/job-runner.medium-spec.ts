import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { AppError } from '#libs/errors';
import { maxAttempts, maxDeaths } from '#libs/jobs';
import { Metrics } from '#libs/metrics';
import { OBJECT_STORAGE, sampleKey, type ObjectStorage } from '#libs/storage';
import { Processing, VoicesService } from '#libs/voices';
import { Domain } from '../../../../test/support/domain.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { GarbageCollector } from '../upkeep/garbage-collector.js';
import { StoredObjectsRepository } from '../upkeep/stored-objects.repository.js';
import { JobRunner, type Step } from './job-runner.js';
import { Stopping } from './stopping.js';

describe('JobRunner', () => {
  let domain: Domain;
  let storage: ObjectStorage;
  let runner: JobRunner;
  let stopping: Stopping;
  let metrics: Metrics;
  let voiceId: string;
  let jobId: string;
  beforeAll(async () => {
    domain = await Domain.open();
    storage = domain.get<ObjectStorage>(OBJECT_STORAGE);
  });
  afterAll(() => domain.close());
  beforeEach(async () => {
    const logger = pino({ level: 'silent' });
    stopping = new Stopping();
    metrics = new Metrics('worker');
    const garbage = new GarbageCollector(storage, new StoredObjectsRepository(domain.database), logger);
    runner = new JobRunner(domain.database, domain.jobs, domain.get(Processing), garbage, stopping, metrics, logger);
    voiceId = await domain.uploadedVoice();
    jobId = await domain.jobId(voiceId, 'split');
  });

  /** Series of a metric with a value over 0. */
  const told = async (name: string): Promise<string[]> =>
    (await metrics.text()).split('\n').filter((line) => line.startsWith(name) && !line.endsWith(' 0'));
  const steps = async (): Promise<string[]> =>
    (await told('timbre_step_duration_seconds_count')).map(
      (line) => /outcome="(\w+)".* (\d+)$/.exec(line)?.[1] ?? line,
    );

  const throws =
    (error: Error): Step =>
    () =>
      Promise.reject(error);
  const errorOf = async (): Promise<string | null> =>
    (await domain.get(VoicesService).details(voiceId)).errors.splitting;

  it('runs a job for one of many deliveries', async () => {
    let runs = 0;
    const step: Step = async () => {
      runs += 1;
    };
    await Promise.all(Array.from({ length: 10 }, () => runner.deliver(jobId, step)));
    expect(runs).toBe(1);
    expect(await steps()).toEqual(['done']);
  });

  it('tries a passing failure again later, till it has not passed often enough', async () => {
    const step = throws(AppError.of('unavailable'));
    for (let attempt = 1; attempt < maxAttempts; attempt++) {
      await runner.deliver(jobId, step);
      expect(await domain.row('jobs', jobId)).toMatchObject({ state: 'queued', attempts: attempt, nudged_at: null });
      await domain.database.query('UPDATE jobs SET run_after = now() WHERE id = $1', [jobId]);
    }
    await runner.deliver(jobId, step);
    expect(await domain.row('jobs', jobId)).toMatchObject({ state: 'failed', error_code: 'unavailable' });
    expect(await errorOf()).toBe('Service temporarily unavailable');
  });

  it('fails at once what cannot pass, in its own words', async () => {
    await runner.deliver(jobId, throws(AppError.of('conversion_failed')));
    expect(await domain.row('jobs', jobId)).toMatchObject({ state: 'failed', error_code: 'conversion_failed' });
    expect(await errorOf()).toBe('The recording could not be converted');
    expect(await steps()).toEqual(['failed']);
    expect(await told('timbre_jobs_failed_total')).toEqual([
      'timbre_jobs_failed_total{kind="split",code="conversion_failed",app="worker"} 1',
    ]);
  });

  it('tells people nothing of a defect', async () => {
    await domain.database.query('UPDATE jobs SET attempts = $2 WHERE id = $1', [jobId, maxAttempts - 1]);
    await runner.deliver(jobId, throws(new TypeError('/srv/secret is not a function')));
    expect(await errorOf()).toBe('Internal server error');
    expect((await domain.row('jobs', jobId))['error']).toBe('Internal server error');
  });

  it('does not run once more what has taken too many workers with it', async () => {
    await domain.database.query('UPDATE jobs SET deaths = $2 WHERE id = $1', [jobId, maxDeaths]);
    let ran = false;
    await runner.deliver(jobId, async () => {
      ran = true;
    });
    expect(ran).toBe(false);
    expect(await errorOf()).toBe('Processing stopped unexpectedly several times');
  });

  it('hands a job back unharmed when the process stops', async () => {
    const delivery = runner.deliver(
      jobId,
      (_job, { signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    );
    await waitFor('the claim', async () => (await domain.row('jobs', jobId))['state'] === 'running');
    await stopping.finish(0);
    await delivery;
    expect(await domain.row('jobs', jobId)).toMatchObject({ state: 'queued', attempts: 0, deaths: 0, nudged_at: null });
    expect(await domain.jobs.claim(jobId)).not.toBeNull(); // at once
    expect(await steps()).toEqual(['handed_back']);
  });

  it('leaves a job alone that was taken over, and takes its loser’s bytes away', async () => {
    let key = '';
    await runner.deliver(jobId, async (job) => {
      key = sampleKey({ voiceId, jobId, generation: job.generation }, 1);
      await storage.put(key, bytes(), { contentType: 'audio/ogg' });
      await domain.expireLease(jobId);
      await domain.jobs.claim(jobId);
      throw AppError.of('conversion_failed');
    });
    expect(await domain.row('jobs', jobId)).toMatchObject({ state: 'running', generation: 2, attempts: 0 });
    expect(await errorOf()).toBeNull();
    expect(await storage.stat(key)).toBeNull();
    // It failed of itself; its failure counted nothing, because it no longer was the owner.
    expect(await steps()).toEqual(['failed']);
    expect(await told('timbre_jobs_failed_total')).toEqual([]);
  });
});

async function* bytes(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('audio');
}
