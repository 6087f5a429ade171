import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Domain } from '../../../../test/support/domain.js';
import { EmbeddingLab, type LabWorker } from '../../../../test/support/embedding-lab.js';

let lab: EmbeddingLab;
let domain: Domain;

beforeAll(async () => {
  lab = await EmbeddingLab.open();
  ({ domain } = lab);
});
afterAll(() => lab.close());

const accepts = { status: 200, body: { id: 'gpu-new', status: 'IN_QUEUE' } };

/** Makes the job due and delivers it. */
async function deliverAgain(worker: LabWorker, jobId: string): Promise<void> {
  await domain.database.query('UPDATE jobs SET run_after = now() WHERE id = $1', [jobId]);
  await worker.steps.deliver(jobId);
}

describe('SubmitStep, while RunPod refuses submissions', () => {
  it.each([
    [401, 'RunPod refused the API key (HTTP 401): check RUNPOD_API_KEY'],
    [402, 'RunPod asks for payment (HTTP 402): check the balance of the account'],
    [403, 'RunPod refused the API key (HTTP 403): check RUNPOD_API_KEY'],
    [404, 'RunPod does not know the endpoint e1 (HTTP 404): check RUNPOD_ENDPOINTS'],
  ])('%s: requeues the job with the reason, and submits it once RunPod accepts', async (status, why) => {
    const job = await lab.requestedJob();
    lab.answers.set('run', { status, body: {} });
    await lab.worker().steps.deliver(job.id);
    expect(await domain.row('jobs', job.id)).toMatchObject({
      ...{ state: 'queued', stage: 'submit', submissions: 0, submitted_generation: null, attempts: 0 },
      error: why,
      error_code: null,
    });
    expect(await lab.details(job)).toMatchObject({ embeddingStatus: 'in_progress', embeddingError: null });

    lab.answers.set('run', accepts);
    await deliverAgain(lab.worker(), job.id); // a worker that restarted with another key
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'waiting', submissions: 1, error: null });
  });

  it('postpones other jobs too, each under its own deadline', async () => {
    const [first, second] = [await lab.requestedJob(), await lab.requestedJob()];
    const worker = lab.worker();
    lab.answers.set('run', { status: 402, body: {} });
    await worker.steps.deliver(first.id);
    lab.answers.set('run', accepts);
    await worker.steps.deliver(second.id);
    const [waits] = await domain.database.query(
      `SELECT state, generation, submissions, error, run_after > now() + interval '5 s' AS later,
         extract(epoch FROM deadline - now()) BETWEEN 3500 AND 3600 AS "hasDeadline" FROM jobs WHERE id = $1`,
      [second.id],
    );
    const error = expect.stringContaining('balance');
    expect(waits).toEqual({ state: 'queued', generation: 1, submissions: 0, error, later: true, hasDeadline: true });
  });

  it('fails the job at its deadline', async () => {
    const job = await lab.requestedJob();
    lab.answers.set('run', { status: 401, body: {} });
    await lab.worker().steps.deliver(job.id);
    await domain.database.query(`UPDATE jobs SET deadline = now() - interval '1 s' WHERE id = $1`, [job.id]);
    await deliverAgain(lab.worker(), job.id);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'failed', error_code: 'deadline_passed' });
    expect((await lab.details(job)).embeddingError).toBe('The embedding was not finished before its deadline');
  });

  it('fails the job when the request itself is refused', async () => {
    const job = await lab.requestedJob();
    lab.answers.set('run', { status: 400, body: { error: 'bad input' } });
    await lab.worker().steps.deliver(job.id);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'failed', error_code: 'gpu_refused' });
  });
});
