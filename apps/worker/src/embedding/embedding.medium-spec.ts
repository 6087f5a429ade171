import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { inboxEmbeddingZipKey, inboxOutputKey, type ObjectStorage } from '#libs/storage';
import type { Domain } from '../../../../test/support/domain.js';
import { completed, EmbeddingLab, inbox } from '../../test/embedding-lab.js';
import type { EmbeddingProcessor } from './embedding.processor.js';

let lab: EmbeddingLab;
let domain: Domain;
let storage: ObjectStorage;
let processor: EmbeddingProcessor;

beforeAll(async () => {
  lab = await EmbeddingLab.open();
  ({ domain, storage } = lab);
  processor = lab.processor();
});
afterAll(() => lab.close());

/** Its time to be looked at again has come. */
const lookAgain = async (jobId: string): Promise<void> => {
  await domain.database.query('UPDATE jobs SET run_after = now() WHERE id = $1', [jobId]);
  await processor.deliver(jobId);
};

describe('a poll', () => {
  it('collects what /status tells: the objects are ours, nobody can write them any more', async () => {
    const job = await lab.waitingJob('gpu-good');
    lab.answers.set('gpu-good', completed(await lab.deliver(job)));
    await processor.poll(job.id, 1);
    expect(await lab.details(job)).toMatchObject({
      status: { embedding: 'completed' },
      preferred_sample_index: 1,
      embedding_info: { last_update_status: 'success', test_samples: [{ filename: 'test_1_1.opus' }] },
    });
    const [embedding] = await domain.database.query<{ zip_key: string }>(
      'SELECT zip_key FROM embeddings WHERE voice_id = $1',
      [job.voiceId],
    );
    expect(embedding?.zip_key).toContain(`/jobs/${job.id}/2/`);
    expect(await storage.stat(embedding?.zip_key ?? '')).not.toBeNull();
  });

  it.each([
    ['404', 'gpu-expired', { status: 404, body: {} }],
    ['500', 'gpu-500', { status: 500, body: {} }],
    ['completed without an output', 'gpu-silent', completed()],
  ])('lets the result object decide when /status says %s', async (_what, runpodJobId, answer) => {
    const job = await lab.waitingJob(runpodJobId);
    lab.answers.set(runpodJobId, answer);
    await lab.put(inboxOutputKey(inbox(job)), JSON.stringify(await lab.deliver(job)));
    await processor.poll(job.id, 1);
    expect(await lab.details(job)).toMatchObject({ status: { embedding: 'completed' }, preferred_sample_index: 1 });
  });

  it.each([
    ['no output', 'gpu-none', completed()],
    ['null', 'gpu-null', completed(null)],
    ['a text', 'gpu-text', completed('done')],
  ])(
    'fails a job that completed with %s and left no result: it is never waited for again',
    async (_what, id, answer) => {
      const job = await lab.waitingJob(id);
      lab.answers.set(id, answer);
      await processor.poll(job.id, 1);
      expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'failed', error_code: 'gpu_output_invalid' });
      expect(await lab.details(job)).toMatchObject({
        status: { embedding: 'failed' },
        errors: { embedding: expect.stringContaining('a result that is no JSON object') },
      });
    },
  );

  it('fails a job whose result object is larger than an output may be', async () => {
    const job = await lab.waitingJob('gpu-huge');
    await lab.put(inboxOutputKey(inbox(job)), 'x'.repeat(1024 * 1024 + 1));
    await processor.poll(job.id, 1);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'failed', error_code: 'gpu_output_invalid' });
    expect((await lab.details(job)).errors.embedding).toContain('larger than 1 MiB');
  });

  it.each([
    ['a zip that was not delivered', 'gpu-lost-zip', 'none', 'did not deliver the embedding zip'],
    ['other bytes than it said', 'gpu-other-zip', 'other', 'delivered other bytes of the embedding zip'],
  ])('fails a job with %s, and shows nothing of it', async (_what, id, how, sentence) => {
    const job = await lab.waitingJob(id);
    lab.answers.set(id, completed(await lab.deliver(job)));
    if (how === 'other') await lab.put(inboxEmbeddingZipKey(inbox(job)), 'THE ZIP');
    else await storage.delete([inboxEmbeddingZipKey(inbox(job))]);
    await processor.poll(job.id, 1);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'queued', attempts: 1 });
    for (let look = 2; look <= 5; look += 1) await lookAgain(job.id);
    expect(await lab.details(job)).toMatchObject({
      status: { embedding: 'failed' },
      errors: { embedding: expect.stringContaining(sentence) },
      embedding_zip_url: null,
      embedding_info: { test_samples: [] },
    });
  });

  it('takes the objects of another run once they are what was told', async () => {
    const job = await lab.waitingJob('gpu-twice');
    lab.answers.set('gpu-twice', completed(await lab.deliver(job)));
    await lab.put(inboxEmbeddingZipKey(inbox(job)), 'THE ZIP');
    await processor.poll(job.id, 1);
    await lab.deliver(job);
    await lookAgain(job.id);
    expect(await lab.details(job)).toMatchObject({ status: { embedding: 'completed' } });
  });

  it('ends a job that failed on the GPU, and tells operators of it once', async () => {
    const job = await lab.waitingJob('gpu-failed');
    lab.answers.set('gpu-failed', { status: 200, body: { status: 'FAILED', error: 'out of memory' } });
    await processor.poll(job.id, 1);
    await processor.poll(job.id, 1);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'failed' });
    expect(lab.failed).toEqual([`${job.id} gpu_failed`]);
  });

  /** Lets so many seconds pass since RunPod first said 404 of a job. */
  const missingFor = (jobId: string, seconds: number): Promise<unknown> =>
    domain.database.query(
      `UPDATE jobs SET run_after = now(), gpu_missing_since = now() - $2 * interval '1 second' WHERE id = $1`,
      [jobId, seconds],
    );
  const accepted = (id: string) => ({ status: 200, body: { id, status: 'IN_QUEUE' } });

  it('submits a job that RunPod accepted and does not know for two minutes once more, then gives it up', async () => {
    const job = await lab.waitingJob('gpu-forgotten');
    await processor.poll(job.id, 1);
    await missingFor(job.id, 115);
    await processor.poll(job.id, 1);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'waiting', submissions: 1 });

    await missingFor(job.id, 120);
    await processor.poll(job.id, 1);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'queued', stage: 'submit', runpod_job_id: null });
    expect(await domain.count(`gpu_cancellations WHERE runpod_job_id = 'gpu-forgotten'`)).toBe(1);

    lab.answers.set('run', accepted('gpu-forgotten-too'));
    await processor.deliver(job.id);
    lab.answers.delete('run');
    const again = { state: 'waiting', generation: 2, submissions: 2, gpu_missing_since: null };
    expect(await domain.row('jobs', job.id)).toMatchObject({ ...again, runpod_job_id: 'gpu-forgotten-too' });
    await missingFor(job.id, 120);
    await processor.poll(job.id, 1);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'failed', error_code: 'gpu_failed' });
    expect((await lab.details(job)).errors.embedding).toBe('The embedding service lost the job before it was finished');
  });

  it('counts the minutes of 404 from the first one, however long ago the job was submitted', async () => {
    const job = await lab.waitingJob('gpu-late-404');
    await domain.database.query(`UPDATE jobs SET submitted_at = now() - interval '1 hour' WHERE id = $1`, [job.id]);
    await processor.poll(job.id, 1);
    const { gpu_missing_since: first } = await domain.row('jobs', job.id);
    expect(first).toBeInstanceOf(Date);
    await domain.database.query('UPDATE jobs SET run_after = now() WHERE id = $1', [job.id]);
    await processor.poll(job.id, 1);
    const expected = { state: 'waiting', submissions: 1, polls: 2, gpu_missing_since: first };
    expect(await domain.row('jobs', job.id)).toMatchObject(expected);
  });

  it('forgets the 404 of a job that is known after all', async () => {
    const job = await lab.waitingJob('gpu-slow-start');
    await processor.poll(job.id, 1);
    await missingFor(job.id, 119);
    lab.answers.set('gpu-slow-start', accepted('gpu-slow-start'));
    await processor.poll(job.id, 1);
    expect(await domain.row('jobs', job.id)).toMatchObject({
      state: 'waiting',
      gpu_seen: true,
      gpu_missing_since: null,
    });
  });

  it('collects the result of a job that is lost to RunPod and not to us', async () => {
    const job = await lab.waitingJob('gpu-lost-not-done');
    await lab.put(inboxOutputKey(inbox(job)), JSON.stringify(await lab.deliver(job)));
    await missingFor(job.id, 500);
    await processor.poll(job.id, 1);
    expect(await lab.details(job)).toMatchObject({ status: { embedding: 'completed' } });
  });

  it('fails a job that RunPod knew and does not know any more', async () => {
    const job = await lab.waitingJob('gpu-was-running');
    lab.answers.set('gpu-was-running', { status: 200, body: { status: 'IN_PROGRESS' } });
    await processor.poll(job.id, 1);
    lab.answers.delete('gpu-was-running');
    await domain.database.query('UPDATE jobs SET run_after = now() WHERE id = $1', [job.id]);
    await processor.poll(job.id, 1);
    expect(await domain.row('jobs', job.id)).toMatchObject({
      state: 'failed',
      error_code: 'gpu_failed',
      submissions: 1,
    });
  });

  it('goes on waiting while it runs, and tells how far it is', async () => {
    const job = await lab.waitingJob('gpu-busy');
    lab.answers.set('gpu-busy', {
      status: 200,
      body: { status: 'IN_PROGRESS', output: { stage: 'testing', done: 3, of: 12 } },
    });
    await processor.poll(job.id, 1);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'waiting', gpu_seen: true, polls: 1 });
    expect((await lab.details(job)).progress).toEqual({ stage: 'testing', done: 3, of: 12 });
  });

  it.each([
    ['fast', 86_400_000],
    ['slow', -86_400_000],
  ])('keeps deadlines by Postgres’ clock, though the worker’s is a day %s', async (how, offsetMs) => {
    const living = await lab.waitingJob(`gpu-living-${how}`);
    const late = await lab.waitingJob(`gpu-late-${how}`);
    lab.answers.set(`gpu-late-${how}`, { status: 200, body: { status: 'IN_QUEUE' } });
    await domain.database.query(`UPDATE jobs SET deadline = now() - interval '1 s' WHERE id = $1`, [late.id]);
    const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + offsetMs);
    await processor.poll(living.id, 1); // unknown to RunPod, and submitted just now
    await processor.poll(late.id, 1);
    now.mockRestore();
    expect(await domain.row('jobs', living.id)).toMatchObject({ state: 'waiting', submissions: 1 });
    expect(await domain.row('jobs', late.id)).toMatchObject({ state: 'failed', error_code: 'deadline_passed' });
  });
});

describe('a delivery of a job that was being collected when its worker died', () => {
  it('asks again and collects', async () => {
    const job = await lab.waitingJob('gpu-orphan');
    await domain.jobs.claimWaiting(job.id);
    await domain.expireLease(job.id);
    lab.answers.set('gpu-orphan', completed(await lab.deliver(job)));
    await processor.deliver(job.id);
    expect(await lab.details(job)).toMatchObject({ status: { embedding: 'completed' } });
  });

  it('waits on when RunPod does not answer now', async () => {
    const job = await lab.waitingJob('gpu-away');
    await domain.jobs.claimWaiting(job.id);
    await domain.expireLease(job.id);
    lab.answers.set('gpu-away', { status: 500, body: {} });
    await processor.deliver(job.id);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'waiting', stage: 'collect', deaths: 0 });
  });
});

describe('a submission', () => {
  it('is not made once the deadline of an earlier try that did not arrive has passed', async () => {
    const { id: jobId } = await lab.requestedJob();
    lab.answers.set('run', { status: 429, body: {} });
    await processor.deliver(jobId);
    expect(await domain.row('jobs', jobId)).toMatchObject({ state: 'queued', stage: 'submit', submissions: 0 });

    await domain.database.query(`UPDATE jobs SET run_after = now(), deadline = now() - interval '1 s' WHERE id = $1`, [
      jobId,
    ]);
    lab.answers.set('run', { status: 200, body: { id: 'gpu-late', status: 'IN_QUEUE' } });
    await processor.deliver(jobId);
    expect(await domain.row('jobs', jobId)).toMatchObject({ state: 'failed', error_code: 'deadline_passed' });
  });

  it('waits on the GPU once it was accepted', async () => {
    const { id: jobId } = await lab.requestedJob();
    lab.answers.set('run', { status: 200, body: { id: 'gpu-new', status: 'IN_QUEUE' } });
    await processor.deliver(jobId);
    expect(await domain.row('jobs', jobId)).toMatchObject({
      state: 'waiting',
      stage: 'collect',
      submissions: 1,
      submitted_generation: 1,
      runpod_job_id: 'gpu-new',
      runpod_endpoint: 'e1',
    });
  });
});
