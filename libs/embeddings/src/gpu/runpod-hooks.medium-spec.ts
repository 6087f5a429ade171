import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { claimJob, startSubmission, submitAgain, takePoll, waitOnGpu } from '#libs/jobs';
import { Domain, ofKind, required } from '../../../../test/support/domain.js';
import { claimedEmbedding, newSubmission, waitingOnGpu } from '../../../../test/support/embed-jobs.js';
import { newHookToken } from './hook-token.js';
import { RunpodHooksService } from './runpod-hooks.service.js';

let domain: Domain;
beforeAll(async () => {
  domain = await Domain.open();
});
afterAll(() => domain.close());

const waiting = (runpodJobId: string | null): ReturnType<typeof waitingOnGpu> => waitingOnGpu(domain, runpodJobId);
const cancellations = (runpodJobId: string): Promise<number> =>
  domain.count('gpu_cancellations WHERE runpod_job_id = $1', [runpodJobId]);

describe('RunpodHooksService', () => {
  const hint = (part: string, runpodJobId: string): Promise<void> =>
    domain
      .get(RunpodHooksService)
      .find(part)
      .then((hook) => domain.get(RunpodHooksService).hint(hook, runpodJobId));
  const makeUndue = (id: string): Promise<unknown> =>
    domain.database.query(`UPDATE jobs SET run_after = now() + interval '1 hour' WHERE id = $1`, [id]);

  it('makes the next poll due now', async () => {
    const { job, hookToken } = await waiting('gpu-4');
    await makeUndue(job.id);
    await hint(`${hookToken}.1`, 'gpu-4');
    expect(await takePoll(domain.database, job.id, [60_000])).toMatchObject({ runpodJobId: 'gpu-4' });
    expect(await cancellations('gpu-4')).toBe(0);
  });

  it('stores the id that a lost answer of POST /run would have given', async () => {
    const { job, hookToken } = await waiting(null);
    await hint(`${hookToken}.1`, 'gpu-5');
    expect(await domain.row('jobs', job.id)).toMatchObject({ runpod_job_id: 'gpu-5' });
  });

  it('cancels another GPU job than ours as a straggler, and ours goes on', async () => {
    const { job, hookToken } = await waiting('gpu-6');
    await makeUndue(job.id);
    await hint(`${hookToken}.1`, 'gpu-straggler');
    expect(await cancellations('gpu-straggler')).toBe(1);
    expect(await cancellations('gpu-6')).toBe(0);
    expect(await domain.row('jobs', job.id)).toMatchObject({ runpod_job_id: 'gpu-6', state: 'waiting' });
    expect(await takePoll(domain.database, job.id, [0])).toBeNull();
  });

  it('cancels the straggler of an earlier submission, also while the current id is unknown', async () => {
    const { job, hookToken } = await waiting(null);
    await submitAgain(domain.database, required(await takePoll(domain.database, job.id, [0])));
    await hint(`${hookToken}.1`, 'gpu-first'); // before it is sent once more
    expect(await cancellations('gpu-first')).toBe(1);

    const again = ofKind('embed', await claimJob(domain.database, job.id));
    await startSubmission(domain.database, again, newSubmission());
    await waitOnGpu(domain.database, again, null, 0);
    await hint(`${hookToken}.1`, 'gpu-first-too');
    expect(await cancellations('gpu-first-too')).toBe(1);
    expect(await domain.row('jobs', job.id)).toMatchObject({ runpod_job_id: null, submitted_generation: 2 });
    await hint(`${hookToken}.2`, 'gpu-second');
    expect(await domain.row('jobs', job.id)).toMatchObject({ runpod_job_id: 'gpu-second' });
  });

  it('cancels nothing when the webhook comes before the answer of POST /run', async () => {
    const job = await claimedEmbedding(domain);
    const sent = newSubmission();
    await startSubmission(domain.database, job, sent);
    await hint(`${sent.hookToken}.1`, 'gpu-quick');
    expect(await cancellations('gpu-quick')).toBe(0);
  });

  it('refuses an unknown token', async () => {
    await expect(hint(`${newHookToken()}.1`, 'gpu-7')).rejects.toMatchObject({ code: 'not_found' });
    await expect(hint('nonsense', 'gpu-7')).rejects.toMatchObject({ code: 'not_found' });
  });
});
