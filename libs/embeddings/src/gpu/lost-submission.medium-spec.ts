import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { claimJob } from '#libs/jobs';
import { Processing } from '#libs/processing';
import { VoicesService } from '#libs/voices';
import type { Domain } from '../../../../test/support/domain.js';
import { EmbeddingLab } from '../../../../test/support/embedding-lab.js';

let lab: EmbeddingLab;
let domain: Domain;

beforeAll(async () => {
  lab = await EmbeddingLab.open();
  ({ domain } = lab);
});
afterEach(() => {
  lab.whileSubmitting = async () => undefined;
});
afterAll(() => lab.close());

/** Submits a job. `meanwhile` happens before RunPod's answer. @returns the job, and how often its GPU job is cancelled */
async function submit(meanwhile: (voiceId: string, jobId: string) => Promise<unknown>) {
  const job = await lab.requestedJob();
  const runpodJobId = `gpu-${randomUUID()}`;
  lab.answers.set('run', { status: 200, body: { id: runpodJobId, status: 'IN_QUEUE' } });
  lab.whileSubmitting = () => meanwhile(job.voiceId, job.id);
  await lab.worker().steps.deliver(job.id);
  const cancelled = await domain.count(`gpu_cancellations WHERE runpod_job_id = $1 AND runpod_endpoint = 'e1'`, [
    runpodJobId,
  ]);
  return { job, cancelled };
}

describe('SubmitStep, when its claim is lost before RunPod answers', () => {
  it('cancels the GPU job of a voice whose processing was cancelled', async () => {
    const { job, cancelled } = await submit((voiceId) => domain.get(Processing).cancelVoice(voiceId));
    expect(cancelled).toBe(1);
    expect(await lab.details(job)).toMatchObject({ embeddingStatus: 'failed', embeddingError: 'Cancelled' });
  });

  it('cancels the GPU job of a voice that was deleted', async () => {
    const { cancelled } = await submit((voiceId) => domain.get(VoicesService).remove(voiceId, { force: true }));
    expect(cancelled).toBe(1);
  });

  it('does not cancel the GPU job if another worker has taken the job over and waits for its outcome', async () => {
    const { job, cancelled } = await submit(async (_voiceId, jobId) => {
      await domain.expireLease(jobId);
      await claimJob(domain.database, jobId);
    });
    expect(cancelled).toBe(0);
    expect(await domain.row('jobs', job.id)).toMatchObject({
      state: 'running',
      generation: 2,
      submitted_generation: 1,
    });
  });
});
