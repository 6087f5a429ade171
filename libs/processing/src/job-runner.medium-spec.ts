import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { AppError } from '#libs/errors';
import { claimJob, maxAttempts, maxDeaths } from '#libs/jobs';
import { Metrics } from '#libs/metrics';
import { GarbageCollector, StoredObjectsRepository } from '#libs/retention';
import { OBJECT_STORAGE, sampleKey, type ObjectStorage } from '#libs/storage';
import { VoicesService } from '#libs/voices';
import { Domain } from '../../../test/support/domain.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { JobRunner, type Step } from './job-runner.js';
import { Processing } from './processing.js';
import { RunOutcomes } from './run-outcomes.js';
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
    const outcomes = new RunOutcomes(domain.database, domain.get(Processing), garbage, metrics, logger);
    runner = new JobRunner(domain.database, outcomes, stopping, metrics, logger);
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
  const errorOf = async (): Promise<string | null> => (await domain.get(VoicesService).details(voiceId)).splittingError;

  it('runs a step for one of many deliveries', async () => {
    let runs = 0;
    const step: Step = async () => {
      runs += 1;
    };
    await Promise.all(Array.from({ length: 10 }, () => runner.deliver(jobId, step)));
    expect(runs).toBe(1);
    expect(await steps()).toEqual(['done']);
  });

  it('requeues after a retryable failure, until the attempts are used up', async () => {
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

  it.each([
    ['scratch space', AppError.of('insufficient_storage', { isLocal: true })],
    ['descriptors', AppError.of('unavailable', { cause: Object.assign(new Error('open'), { code: 'EMFILE' }) })],
    ['processes', Object.assign(new Error('spawn'), { code: 'EAGAIN', syscall: 'spawn ffmpeg' })],
  ])('requeues without counting an attempt when the process lacks %s', async (_, trouble) => {
    for (let time = 1; time <= maxAttempts + 1; time++) {
      await runner.deliver(jobId, throws(trouble));
      expect(await domain.row('jobs', jobId)).toMatchObject({ state: 'queued', attempts: 0, nudged_at: null });
      const [waits] = await domain.database.query<{ ms: number }>(
        'SELECT extract(epoch FROM run_after - now())::float8 * 1000 AS ms FROM jobs WHERE id = $1',
        [jobId],
      );
      expect(waits?.ms).toBeGreaterThan(300);
      expect(waits?.ms).toBeLessThanOrEqual(8_000);
      await domain.database.query('UPDATE jobs SET run_after = now() WHERE id = $1', [jobId]);
    }
    expect(await errorOf()).toBeNull();
  });

  it('fails a job that no worker has completed for hours', async () => {
    await domain.database.query('UPDATE jobs SET generation = 1000, attempts = $2 WHERE id = $1', [
      jobId,
      maxAttempts - 1,
    ]);
    await runner.deliver(jobId, throws(AppError.of('insufficient_storage', { isLocal: true })));
    expect(await errorOf()).toBe('Insufficient storage');
  });

  it('fails at once on a final error, with its sentence', async () => {
    await runner.deliver(jobId, throws(AppError.of('conversion_failed')));
    expect(await domain.row('jobs', jobId)).toMatchObject({ state: 'failed', error_code: 'conversion_failed' });
    expect(await errorOf()).toBe('The recording could not be converted');
    expect(await steps()).toEqual(['failed']);
    expect(await told('timbre_jobs_failed_total')).toEqual([
      'timbre_jobs_failed_total{kind="split",code="conversion_failed",app="worker"} 1',
    ]);
  });

  it('reports a defect only as an internal error', async () => {
    await domain.database.query('UPDATE jobs SET attempts = $2 WHERE id = $1', [jobId, maxAttempts - 1]);
    await runner.deliver(jobId, throws(new TypeError('/srv/secret is not a function')));
    expect(await errorOf()).toBe('Internal server error');
    expect((await domain.row('jobs', jobId))['error']).toBe('Internal server error');
  });

  it('does not run a job on which too many workers have died', async () => {
    await domain.database.query('UPDATE jobs SET deaths = $2 WHERE id = $1', [jobId, maxDeaths]);
    let ran = false;
    await runner.deliver(jobId, async () => {
      ran = true;
    });
    expect(ran).toBe(false);
    expect(await errorOf()).toBe('Processing stopped unexpectedly several times');
  });

  it('requeues a job without counting an attempt when the process stops', async () => {
    const delivery = runner.deliver(
      jobId,
      (_job, { signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    );
    await waitFor('the claim', async () => (await domain.row('jobs', jobId))['state'] === 'running');
    await stopping.finish(0);
    await delivery;
    expect(await domain.row('jobs', jobId)).toMatchObject({ state: 'queued', attempts: 0, deaths: 0, nudged_at: null });
    expect(await claimJob(domain.database, jobId)).not.toBeNull(); // at once
    expect(await steps()).toEqual(['handed_back']);
  });

  it('does not change a job that another worker has taken over, and removes the objects of the lost claim', async () => {
    let key = '';
    await runner.deliver(jobId, async (job) => {
      key = sampleKey({ voiceId, jobId, generation: job.generation }, 1);
      await storage.put(key, bytes(), { contentType: 'audio/ogg' });
      await domain.expireLease(jobId);
      await claimJob(domain.database, jobId);
      throw AppError.of('conversion_failed');
    });
    expect(await domain.row('jobs', jobId)).toMatchObject({ state: 'running', generation: 2, attempts: 0 });
    expect(await errorOf()).toBeNull();
    expect(await storage.stat(key)).toBeNull();
    // The step failed by itself. Its failure counts nothing, because its claim was lost.
    expect(await steps()).toEqual(['claim_lost']);
    expect(await told('timbre_jobs_failed_total')).toEqual([]);
  });

  it.each([
    ['that may pass', AppError.of('unavailable')],
    ['of the process', AppError.of('insufficient_storage', { isLocal: true })],
    ['that is final', AppError.of('recording_lost')],
  ])('takes a failure %s for a lost claim when the voice is deleted under the step', async (_what, failure) => {
    await runner.deliver(jobId, async () => {
      await domain.get(VoicesService).remove(voiceId, { force: true });
      throw failure;
    });
    expect(await steps()).toEqual(['claim_lost']);
    expect(await told('timbre_jobs_failed_total')).toEqual([]);
  });
});

async function* bytes(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('audio');
}
