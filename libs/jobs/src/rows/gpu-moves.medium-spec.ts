import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Processing } from '#libs/processing';
import { Domain, ofKind, required } from '../../../../test/support/domain.js';
import { claimedEmbedding, newSubmission, waitingOnGpu } from '../../../../test/support/embed-jobs.js';
import type { EmbedJob } from '../job.js';
import { claimJob, claimToCollect } from './claim.js';
import { takeHint } from './hints.js';
import { recordGpuProgress, resendEarlyPoll, resendOverduePolls, takePoll } from './polls.js';
import { renewLease } from './renew.js';
import { startSubmission, submitAgain, undoSubmission } from './submission.js';
import { waitOnGpu } from './wait-on-gpu.js';

let domain: Domain;
beforeAll(async () => {
  domain = await Domain.open();
});
afterAll(() => domain.close());

const waiting = (runpodJobId: string | null): ReturnType<typeof waitingOnGpu> => waitingOnGpu(domain, runpodJobId);
/** Lets a minute pass since its poll was due. */
const late = (job: EmbedJob): Promise<unknown> =>
  domain.database.query(
    `UPDATE jobs SET run_after = now() - interval '1 minute', updated_at = now() - interval '1 minute' WHERE id = $1`,
    [job.id],
  );
const cancellations = (runpodJobId: string): Promise<number> =>
  domain.count('gpu_cancellations WHERE runpod_job_id = $1', [runpodJobId]);

describe('startSubmission, undoSubmission and submitAgain', () => {
  it('records a submission before it is sent, so that a death in between is known as "outcome unknown"', async () => {
    const job = await claimedEmbedding(domain);
    await startSubmission(domain.database, job, newSubmission());
    await domain.expireLease(job.id);
    const next = ofKind('embed', await claimJob(domain.database, job.id));
    expect(next).toMatchObject({ generation: 2, submittedGeneration: 1, submissions: 1, runpodJobId: null });
    expect(next.deadlinePassed).toBe(false);
    expect(next.submittedSecondsAgo).toBeGreaterThan(0);
    expect(next.submittedSecondsAgo).toBeLessThan(3_600);
  });

  it('refuses a submission by a worker that lost its claim', async () => {
    const loser = await claimedEmbedding(domain);
    await domain.expireLease(loser.id);
    await claimJob(domain.database, loser.id);
    expect(await startSubmission(domain.database, loser, newSubmission())).toBe(false);
    expect(await waitOnGpu(domain.database, loser, 'gpu-loser', 0)).toBeNull();
    expect(await domain.row('jobs', loser.id)).toMatchObject({ state: 'running', submissions: 0, runpod_job_id: null });
  });

  it('undoes a submission that certainly did not arrive', async () => {
    const job = await claimedEmbedding(domain);
    await startSubmission(domain.database, job, newSubmission());
    await undoSubmission(domain.database, job, { afterMs: 60_000, why: 'RunPod is away' });
    expect(await domain.row('jobs', job.id)).toMatchObject({
      state: 'queued',
      stage: 'submit',
      submissions: 0,
      submitted_generation: null,
      nudged_at: null,
      attempts: 0,
      error: 'RunPod is away',
    });
    expect(await claimJob(domain.database, job.id)).toBeNull(); // not due
  });

  it('submits again as another generation under the same token', async () => {
    const { job, hookToken } = await waiting(null);
    const polled = required(await takePoll(domain.database, job.id, [0]));
    await submitAgain(domain.database, polled);
    const next = required(await claimJob(domain.database, job.id));
    expect(next).toMatchObject({
      stage: 'submit',
      generation: 2,
      submittedGeneration: null,
      hookToken,
      submissions: 1,
    });
    await submitAgain(domain.database, polled); // a late poll of the first changes nothing
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'running', generation: 2 });
  });

  it('does not submit again when a webhook reveals the id in that moment', async () => {
    const { job, hookToken } = await waiting(null);
    const polled = required(await takePoll(domain.database, job.id, [0]));
    await takeHint(domain.database, hookToken, 1, 'gpu-alive');
    await submitAgain(domain.database, polled);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'waiting', runpod_job_id: 'gpu-alive' });
    expect(await cancellations('gpu-alive')).toBe(0);
  });
});

describe('takePoll', () => {
  it('gives a poll to one of twenty deliveries', async () => {
    const { job } = await waiting('gpu-1');
    const polls = await Promise.all(Array.from({ length: 20 }, () => takePoll(domain.database, job.id, [60_000])));
    expect(polls.filter((poll) => poll !== null)).toEqual([
      expect.objectContaining({ id: job.id, polls: 1, runpodJobId: 'gpu-1', nudges: 2 }),
    ]);
    expect(await takePoll(domain.database, job.id, [0])).toBeNull();
  });

  it('waits longer from poll to poll, up to the last delay', async () => {
    const { job } = await waiting('gpu-5');
    for (const nextPollMs of [2_000, 3_000, 3_000]) {
      await domain.database.query('UPDATE jobs SET run_after = now() WHERE id = $1', [job.id]);
      expect(await takePoll(domain.database, job.id, [2_000, 3_000])).toMatchObject({ nextPollMs });
    }
  });

  it('returns null for a job that does not wait', async () => {
    const { job } = await waiting('gpu-2');
    await claimToCollect(domain.database, job.id);
    expect(await takePoll(domain.database, job.id, [0])).toBeNull();
  });
});

describe('claimToCollect', () => {
  it('gives a job to one of ten workers, with the generation whose inbox has the results', async () => {
    const { job } = await waiting('gpu-3');
    const claims = await Promise.all(Array.from({ length: 10 }, () => claimToCollect(domain.database, job.id)));
    expect(claims.filter((claim) => claim !== null)).toEqual([
      expect.objectContaining({ stage: 'collect', generation: 2, submittedGeneration: 1, runpodJobId: 'gpu-3' }),
    ]);
  });
});

describe('Processing.failActive', () => {
  it('changes nothing for a poll that was overtaken by a worker that collects', async () => {
    const { job } = await waiting('gpu-slow');
    const poll = required(await takePoll(domain.database, job.id, [0]));
    const collecting = required(await claimToCollect(domain.database, job.id));
    const why = { code: 'gpu_failed', sentence: 'The embedding service lost the job' } as const;
    expect(
      await domain
        .get(Processing)
        .failActive({ voiceId: job.voiceId, kind: 'embed', jobId: job.id, generation: poll.generation }, why),
    ).toBe(false);
    expect(await renewLease(domain.database, collecting, null)).toBe(true);
    await domain.expireLease(job.id);
    expect(
      await domain
        .get(Processing)
        .failActive({ voiceId: job.voiceId, kind: 'embed', jobId: job.id, generation: collecting.generation }, why),
    ).toBe(true);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'failed', error: why.sentence });
    expect(await cancellations('gpu-slow')).toBe(1);
  });
});

describe('recordGpuProgress', () => {
  it('stores progress only of the GPU job that was asked about', async () => {
    const { job } = await waiting('gpu-8');
    await recordGpuProgress(domain.database, job.id, 'gpu-other', { stage: 'testing', done: 1, of: 2 });
    expect(await domain.row('jobs', job.id)).toMatchObject({ gpu_seen: false });
    await recordGpuProgress(domain.database, job.id, 'gpu-8', { stage: 'testing', done: 1, of: 2 });
    expect(await domain.row('jobs', job.id)).toMatchObject({
      gpu_seen: true,
      progress: { stage: 'testing', done: 1, of: 2 },
    });
  });
});

describe('resendOverduePolls', () => {
  const overdue = async (latePerJobMs: number): Promise<string[]> =>
    (await resendOverduePolls(domain.database, { olderThanMs: 10_000, latePerJobMs, limit: 100 })).map(({ id }) => id);

  it('takes an overdue poll once', async () => {
    const { job } = await waiting('gpu-9');
    await late(job);
    const taken = await Promise.all([overdue(0), overdue(0)]);
    expect(taken.flat().filter((id) => id === job.id)).toHaveLength(1);
  });

  it('takes a poll only when it is later than the polls before it can explain', async () => {
    const { job } = await waiting('gpu-10');
    await late(job);
    expect(await overdue(61_000)).toEqual([]);
    expect(await overdue(1)).toContain(job.id);
  });
});

describe('resendEarlyPoll', () => {
  it('returns the newest delivery of a job once, with the time that is left', async () => {
    const job = await claimedEmbedding(domain);
    await startSubmission(domain.database, job, newSubmission());
    expect(await waitOnGpu(domain.database, job, 'gpu-11', 60_000)).toBe(1);
    const early = await Promise.all([1, 1, 0].map((number) => resendEarlyPoll(domain.database, job.id, number)));
    const [again, ...more] = early.filter((delivery) => delivery !== null);
    expect(more).toEqual([]);
    expect(again).toMatchObject({ generation: 1, number: 2 });
    expect(again?.delayMs).toBeGreaterThan(50_000);
    expect(again?.delayMs).toBeLessThanOrEqual(60_000);
  });

  it('returns null when the poll is due', async () => {
    const { job } = await waiting('gpu-12');
    expect(await resendEarlyPoll(domain.database, job.id, 1)).toBeNull();
  });
});
