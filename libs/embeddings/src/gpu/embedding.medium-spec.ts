import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { claimToCollect } from '#libs/jobs';
import { inboxOutputKey, inboxSampleEmbeddingKey, type ObjectStorage } from '#libs/storage';
import type { Domain } from '../../../../test/support/domain.js';
import { completed, EmbeddingLab, inbox, type LabWorker } from '../../../../test/support/embedding-lab.js';

let lab: EmbeddingLab;
let domain: Domain;
let storage: ObjectStorage;
let worker: LabWorker;

beforeAll(async () => {
  lab = await EmbeddingLab.open();
  ({ domain, storage } = lab);
  worker = lab.worker();
});
afterAll(() => lab.close());

/** Makes the job due and delivers it again. */
const lookAgain = async (jobId: string): Promise<void> => {
  await domain.database.query('UPDATE jobs SET run_after = now() WHERE id = $1', [jobId]);
  await worker.steps.deliver(jobId);
};

describe('PollRunner.deliver', () => {
  it('collects the output of /status into objects that nobody else can write', async () => {
    const job = await lab.waitingJob('gpu-good');
    lab.answers.set('gpu-good', completed(await lab.deliver(job)));
    await worker.polls.deliver(job.id, 1);
    expect(await lab.details(job)).toMatchObject({
      embeddingStatus: 'completed',
      preferredSampleIndex: 1,
      embedding: { lastUpdateStatus: 'success', testSamples: [{ sampleIndex: 1, sentenceIndex: 1 }] },
    });
    const folder = `voices/${job.voiceId}/jobs/${job.id}/2`;
    const [run] = await domain.database.query('SELECT * FROM embedding_runs WHERE voice_id = $1', [job.voiceId]);
    expect(run).toMatchObject({
      archive_key: `${folder}/embedding.zip`,
      engine: { name: 'test', version: '1', model: 'small', revision: '7', scorer: 'test' },
      language: 'en',
      test_sentences: ['One.'],
      sample_embeddings: [
        {
          ...{ sampleIndex: 1, sampleSha256: 'cd'.repeat(32), score: 0.9, secondsUsed: 12 },
          ...{ objectKey: `${folder}/embeddings/1.safetensors`, bytes: 13, crc32: crc32('the embedding') },
        },
      ],
    });
    expect(await storage.stat(`${folder}/embeddings/1.safetensors`)).toEqual({ bytes: 13 });
    expect(await storage.stat(`${folder}/embedding.zip`)).toBeNull();
  });

  it.each([
    ['404', 'gpu-expired', { status: 404, body: {} }],
    ['500', 'gpu-500', { status: 500, body: {} }],
    ['completed without an output', 'gpu-silent', completed()],
  ])('collects the result object when /status answers %s', async (_what, runpodJobId, answer) => {
    const job = await lab.waitingJob(runpodJobId);
    lab.answers.set(runpodJobId, answer);
    await lab.put(inboxOutputKey(inbox(job)), JSON.stringify(await lab.deliver(job)));
    await worker.polls.deliver(job.id, 1);
    expect(await lab.details(job)).toMatchObject({ embeddingStatus: 'completed', preferredSampleIndex: 1 });
  });

  it.each([
    ['no output', 'gpu-none', completed()],
    ['null', 'gpu-null', completed(null)],
    ['a text', 'gpu-text', completed('done')],
  ])('fails a job that completed with %s and left no result object', async (_what, id, answer) => {
    const job = await lab.waitingJob(id);
    lab.answers.set(id, answer);
    await worker.polls.deliver(job.id, 1);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'failed', error_code: 'gpu_output_invalid' });
    expect(await lab.details(job)).toMatchObject({
      embeddingStatus: 'failed',
      embeddingError: expect.stringContaining('a result that is no JSON object'),
    });
  });

  it('fails a job whose result object is larger than an output may be', async () => {
    const job = await lab.waitingJob('gpu-huge');
    await lab.put(inboxOutputKey(inbox(job)), 'x'.repeat(1024 * 1024 + 1));
    await worker.polls.deliver(job.id, 1);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'failed', error_code: 'gpu_output_invalid' });
    expect((await lab.details(job)).embeddingError).toContain('larger than 1 MiB');
  });

  it.each([
    ['an embedding that was not delivered', 'gpu-lost-embedding', 'none', 'did not deliver the embedding of sample 1'],
    ['other bytes than it stated', 'gpu-other', 'other', 'delivered other bytes of the embedding of sample 1'],
  ])('fails a job with %s, and shows no result', async (_what, id, how, sentence) => {
    const job = await lab.waitingJob(id);
    lab.answers.set(id, completed(await lab.deliver(job)));
    if (how === 'other') await lab.put(inboxSampleEmbeddingKey(inbox(job), 1), 'THE EMBEDDING');
    else await storage.delete([inboxSampleEmbeddingKey(inbox(job), 1)]);
    await worker.polls.deliver(job.id, 1);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'queued', attempts: 1 });
    for (let look = 2; look <= 5; look += 1) await lookAgain(job.id);
    expect(await lab.details(job)).toMatchObject({
      embeddingStatus: 'failed',
      embeddingError: expect.stringContaining(sentence),
      embeddingZipUrl: null,
      embedding: { testSamples: [] },
    });
  });

  it('collects the objects of another run once they match the output', async () => {
    const job = await lab.waitingJob('gpu-twice');
    lab.answers.set('gpu-twice', completed(await lab.deliver(job)));
    await lab.put(inboxSampleEmbeddingKey(inbox(job), 1), 'THE EMBEDDING');
    await worker.polls.deliver(job.id, 1);
    await lab.deliver(job);
    await lookAgain(job.id);
    expect(await lab.details(job)).toMatchObject({ embeddingStatus: 'completed' });
  });

  it('fails a job that failed on the GPU, and logs it once', async () => {
    const job = await lab.waitingJob('gpu-failed');
    lab.answers.set('gpu-failed', { status: 200, body: { status: 'FAILED', error: 'out of memory' } });
    await worker.polls.deliver(job.id, 1);
    await worker.polls.deliver(job.id, 1);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'failed' });
    expect(lab.failed).toEqual([`${job.id} gpu_failed`]);
  });

  /** Sets how many seconds ago /status first answered 404. */
  const missingFor = (jobId: string, seconds: number): Promise<unknown> =>
    domain.database.query(
      `UPDATE jobs SET run_after = now(), gpu_missing_since = now() - $2 * interval '1 second' WHERE id = $1`,
      [jobId, seconds],
    );
  const accepted = (id: string) => ({ status: 200, body: { id, status: 'IN_QUEUE' } });

  it('submits a job again after two minutes of 404, and fails it after two more', async () => {
    const job = await lab.waitingJob('gpu-forgotten');
    await worker.polls.deliver(job.id, 1);
    await missingFor(job.id, 115);
    await worker.polls.deliver(job.id, 1);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'waiting', submissions: 1 });

    await missingFor(job.id, 120);
    await worker.polls.deliver(job.id, 1);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'queued', stage: 'submit', runpod_job_id: null });
    expect(await domain.count(`gpu_cancellations WHERE runpod_job_id = 'gpu-forgotten'`)).toBe(1);

    lab.answers.set('run', accepted('gpu-forgotten-too'));
    await worker.steps.deliver(job.id);
    lab.answers.delete('run');
    const again = { state: 'waiting', generation: 2, submissions: 2, gpu_missing_since: null };
    expect(await domain.row('jobs', job.id)).toMatchObject({ ...again, runpod_job_id: 'gpu-forgotten-too' });
    await missingFor(job.id, 120);
    await worker.polls.deliver(job.id, 1);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'failed', error_code: 'gpu_failed' });
    expect((await lab.details(job)).embeddingError).toBe('The embedding service lost the job before it was finished');
  });

  it('counts the minutes of 404 from the first one, not from the submission', async () => {
    const job = await lab.waitingJob('gpu-late-404');
    await domain.database.query(`UPDATE jobs SET submitted_at = now() - interval '1 hour' WHERE id = $1`, [job.id]);
    await worker.polls.deliver(job.id, 1);
    const { gpu_missing_since: first } = await domain.row('jobs', job.id);
    expect(first).toBeInstanceOf(Date);
    await domain.database.query('UPDATE jobs SET run_after = now() WHERE id = $1', [job.id]);
    await worker.polls.deliver(job.id, 1);
    const expected = { state: 'waiting', submissions: 1, polls: 2, gpu_missing_since: first };
    expect(await domain.row('jobs', job.id)).toMatchObject(expected);
  });

  it('forgets the 404 once RunPod knows the job', async () => {
    const job = await lab.waitingJob('gpu-slow-start');
    await worker.polls.deliver(job.id, 1);
    await missingFor(job.id, 119);
    lab.answers.set('gpu-slow-start', accepted('gpu-slow-start'));
    await worker.polls.deliver(job.id, 1);
    expect(await domain.row('jobs', job.id)).toMatchObject({
      state: 'waiting',
      gpu_seen: true,
      gpu_missing_since: null,
    });
  });

  it('collects the result object of a job that RunPod has lost', async () => {
    const job = await lab.waitingJob('gpu-lost-not-done');
    await lab.put(inboxOutputKey(inbox(job)), JSON.stringify(await lab.deliver(job)));
    await missingFor(job.id, 500);
    await worker.polls.deliver(job.id, 1);
    expect(await lab.details(job)).toMatchObject({ embeddingStatus: 'completed' });
  });

  it('fails a job that RunPod knew and has forgotten', async () => {
    const job = await lab.waitingJob('gpu-was-running');
    lab.answers.set('gpu-was-running', { status: 200, body: { status: 'IN_PROGRESS' } });
    await worker.polls.deliver(job.id, 1);
    lab.answers.delete('gpu-was-running');
    await domain.database.query('UPDATE jobs SET run_after = now() WHERE id = $1', [job.id]);
    await worker.polls.deliver(job.id, 1);
    expect(await domain.row('jobs', job.id)).toMatchObject({
      state: 'failed',
      error_code: 'gpu_failed',
      submissions: 1,
    });
  });

  it('goes on waiting while the job runs, and stores its progress', async () => {
    const job = await lab.waitingJob('gpu-busy');
    lab.answers.set('gpu-busy', {
      status: 200,
      body: { status: 'IN_PROGRESS', output: { stage: 'testing', done: 3, of: 12 } },
    });
    await worker.polls.deliver(job.id, 1);
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
    await worker.polls.deliver(living.id, 1); // unknown to RunPod, and just submitted
    await worker.polls.deliver(late.id, 1);
    now.mockRestore();
    expect(await domain.row('jobs', living.id)).toMatchObject({ state: 'waiting', submissions: 1 });
    expect(await domain.row('jobs', late.id)).toMatchObject({ state: 'failed', error_code: 'deadline_passed' });
  });
});

describe('JobSteps.deliver of a job whose worker died while collecting', () => {
  it('asks RunPod again and collects', async () => {
    const job = await lab.waitingJob('gpu-orphan');
    await claimToCollect(domain.database, job.id);
    await domain.expireLease(job.id);
    lab.answers.set('gpu-orphan', completed(await lab.deliver(job)));
    await worker.steps.deliver(job.id);
    expect(await lab.details(job)).toMatchObject({ embeddingStatus: 'completed' });
  });

  it('lets the job wait again when RunPod does not answer', async () => {
    const job = await lab.waitingJob('gpu-away');
    await claimToCollect(domain.database, job.id);
    await domain.expireLease(job.id);
    lab.answers.set('gpu-away', { status: 500, body: {} });
    await worker.steps.deliver(job.id);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'waiting', stage: 'collect', deaths: 0 });
  });
});

describe('JobSteps.deliver of a job to submit', () => {
  it('does not submit after the deadline of an earlier try that did not arrive', async () => {
    const { id: jobId } = await lab.requestedJob();
    lab.answers.set('run', { status: 429, body: {} });
    await worker.steps.deliver(jobId);
    expect(await domain.row('jobs', jobId)).toMatchObject({ state: 'queued', stage: 'submit', submissions: 0 });

    await domain.database.query(`UPDATE jobs SET run_after = now(), deadline = now() - interval '1 s' WHERE id = $1`, [
      jobId,
    ]);
    lab.answers.set('run', { status: 200, body: { id: 'gpu-late', status: 'IN_QUEUE' } });
    await worker.steps.deliver(jobId);
    expect(await domain.row('jobs', jobId)).toMatchObject({ state: 'failed', error_code: 'deadline_passed' });
  });

  it('lets the job wait on the GPU once RunPod has accepted it', async () => {
    const { id: jobId } = await lab.requestedJob();
    lab.answers.set('run', { status: 200, body: { id: 'gpu-new', status: 'IN_QUEUE' } });
    await worker.steps.deliver(jobId);
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
