import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DispatchRepository, type ClaimedJob } from '#libs/jobs';
import { SamplesService } from '#libs/samples';
import { Processing } from '#libs/voices';
import { convertedSample, Domain, required } from '../../../test/support/domain.js';
import { EmbeddingsService } from './embeddings.service.js';
import { GpuJobsRepository } from './gpu-jobs.repository.js';
import { newHookToken } from './hook-token.js';
import { WebhooksService } from './webhooks.service.js';

let domain: Domain;
let gpuJobs: GpuJobsRepository;
beforeAll(async () => {
  domain = await Domain.open();
  gpuJobs = domain.get(GpuJobsRepository);
});
afterAll(() => domain.close());

/** A job in a worker's hands, about to be submitted. */
const claimed = async (): Promise<ClaimedJob> => {
  const voiceId = await domain.emptyVoice();
  await domain.get(SamplesService).add(voiceId, convertedSample(voiceId));
  await domain.get(EmbeddingsService).request(voiceId, undefined);
  return domain.claim(voiceId, 'embed');
};
const submission = () => ({ endpoint: 'endpoint-1', hookToken: newHookToken(), deadlineSeconds: 3_600 });

interface Waiting {
  readonly job: ClaimedJob;
  readonly hookToken: string;
}
/** A job that waits on the GPU; its first poll is due. */
const waiting = async (runpodJobId: string | null): Promise<Waiting> => {
  const job = await claimed();
  const sent = submission();
  expect(await gpuJobs.noteSubmitting(job, sent)).toBe(true);
  expect(await gpuJobs.noteWaiting(job, runpodJobId, 0)).toBe(1);
  return { job, hookToken: sent.hookToken };
};
/** Lets a minute pass since its poll was due. */
const late = (job: ClaimedJob): Promise<unknown> =>
  domain.database.query(
    `UPDATE jobs SET run_after = now() - interval '1 minute', updated_at = now() - interval '1 minute' WHERE id = $1`,
    [job.id],
  );
const cancellations = (runpodJobId: string): Promise<number> =>
  domain.count('gpu_cancellations WHERE runpod_job_id = $1', [runpodJobId]);

describe('a submission', () => {
  it('is noted before it is sent, so that a death in between is known as "outcome unknown"', async () => {
    const job = await claimed();
    await gpuJobs.noteSubmitting(job, submission());
    await domain.expireLease(job.id);
    const next = required(await domain.jobs.claim(job.id));
    expect(next).toMatchObject({ generation: 2, submittedGeneration: 1, submissions: 1, runpodJobId: null });
    expect(next.deadlinePassed).toBe(false);
    expect(next.submittedSecondsAgo).toBeGreaterThan(0);
    expect(next.submittedSecondsAgo).toBeLessThan(3_600);
  });

  it('is not to be sent by a loser', async () => {
    const loser = await claimed();
    await domain.expireLease(loser.id);
    await domain.jobs.claim(loser.id);
    expect(await gpuJobs.noteSubmitting(loser, submission())).toBe(false);
    expect(await gpuJobs.noteWaiting(loser, 'gpu-loser', 0)).toBeNull();
    expect(await domain.row('jobs', loser.id)).toMatchObject({ state: 'running', submissions: 0, runpod_job_id: null });
  });

  it('that certainly did not arrive counts as not tried', async () => {
    const job = await claimed();
    await gpuJobs.noteSubmitting(job, submission());
    await gpuJobs.noteNotSent(job, 60_000);
    expect(await domain.row('jobs', job.id)).toMatchObject({
      state: 'queued',
      stage: 'submit',
      submissions: 0,
      submitted_generation: null,
      nudged_at: null,
      attempts: 0,
    });
    expect(await domain.jobs.claim(job.id)).toBeNull(); // not due
  });

  it('made once more is another generation under the same token', async () => {
    const { job, hookToken } = await waiting(null);
    const polled = required(await gpuJobs.takePoll(job.id, [0]));
    await gpuJobs.submitAgain(polled);
    const next = required(await domain.jobs.claim(job.id));
    expect(next).toMatchObject({
      stage: 'submit',
      generation: 2,
      submittedGeneration: null,
      hookToken,
      submissions: 1,
    });
    await gpuJobs.submitAgain(polled); // a late poll of the first changes nothing
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'running', generation: 2 });
  });

  it('is not made once more when a webhook reveals its id in that moment', async () => {
    const { job, hookToken } = await waiting(null);
    const polled = required(await gpuJobs.takePoll(job.id, [0]));
    await gpuJobs.takeHint(hookToken, 1, 'gpu-alive');
    await gpuJobs.submitAgain(polled);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'waiting', runpod_job_id: 'gpu-alive' });
    expect(await cancellations('gpu-alive')).toBe(0);
  });
});

describe('takePoll', () => {
  it('gives a poll to one of twenty deliveries', async () => {
    const { job } = await waiting('gpu-1');
    const polls = await Promise.all(Array.from({ length: 20 }, () => gpuJobs.takePoll(job.id, [60_000])));
    expect(polls.filter((poll) => poll !== null)).toEqual([
      expect.objectContaining({ id: job.id, polls: 1, runpodJobId: 'gpu-1', nudges: 2 }),
    ]);
    expect(await gpuJobs.takePoll(job.id, [0])).toBeNull();
  });

  it('waits longer from poll to poll, in the end as long each time', async () => {
    const { job } = await waiting('gpu-5');
    for (const nextPollMs of [2_000, 3_000, 3_000]) {
      await domain.database.query('UPDATE jobs SET run_after = now() WHERE id = $1', [job.id]);
      expect(await gpuJobs.takePoll(job.id, [2_000, 3_000])).toMatchObject({ nextPollMs });
    }
  });

  it('gives nothing of a job that does not wait', async () => {
    const { job } = await waiting('gpu-2');
    await domain.jobs.claimWaiting(job.id);
    expect(await gpuJobs.takePoll(job.id, [0])).toBeNull();
  });
});

describe('claimWaiting', () => {
  it('gives what is to be collected to one, with the generation whose inbox it is in', async () => {
    const { job } = await waiting('gpu-3');
    const claims = await Promise.all(Array.from({ length: 10 }, () => domain.jobs.claimWaiting(job.id)));
    expect(claims.filter((claim) => claim !== null)).toEqual([
      expect.objectContaining({ stage: 'collect', generation: 2, submittedGeneration: 1, runpodJobId: 'gpu-3' }),
    ]);
  });
});

describe('failActive', () => {
  it('of a poll that was overtaken by a worker that collects changes nothing', async () => {
    const { job } = await waiting('gpu-slow');
    const poll = required(await gpuJobs.takePoll(job.id, [0]));
    const collecting = required(await domain.jobs.claimWaiting(job.id));
    const why = { code: 'gpu_failed', sentence: 'The embedding service lost the job' } as const;
    expect(await domain.get(Processing).failActive(job.voiceId, 'embed', why, job.id, poll.generation)).toBe(false);
    expect(await domain.jobs.renew(collecting, null)).toBe(true);
    await domain.expireLease(job.id);
    expect(await domain.get(Processing).failActive(job.voiceId, 'embed', why, job.id, collecting.generation)).toBe(
      true,
    );
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'failed', error: why.sentence });
    expect(await cancellations('gpu-slow')).toBe(1);
  });
});

describe('a webhook', () => {
  const hint = (part: string, runpodJobId: string): Promise<void> =>
    domain
      .get(WebhooksService)
      .find(part)
      .then((hook) => domain.get(WebhooksService).hint(hook, runpodJobId));
  const makeUndue = (id: string): Promise<unknown> =>
    domain.database.query(`UPDATE jobs SET run_after = now() + interval '1 hour' WHERE id = $1`, [id]);

  it('makes the next poll due now', async () => {
    const { job, hookToken } = await waiting('gpu-4');
    await makeUndue(job.id);
    await hint(`${hookToken}.1`, 'gpu-4');
    expect(await gpuJobs.takePoll(job.id, [60_000])).toMatchObject({ runpodJobId: 'gpu-4' });
    expect(await cancellations('gpu-4')).toBe(0);
  });

  it('reveals the id that an answer of POST /run lost', async () => {
    const { job, hookToken } = await waiting(null);
    await hint(`${hookToken}.1`, 'gpu-5');
    expect(await domain.row('jobs', job.id)).toMatchObject({ runpod_job_id: 'gpu-5' });
  });

  it('of another GPU job than ours reveals a straggler, which is cancelled; ours goes on', async () => {
    const { job, hookToken } = await waiting('gpu-6');
    await makeUndue(job.id);
    await hint(`${hookToken}.1`, 'gpu-straggler');
    expect(await cancellations('gpu-straggler')).toBe(1);
    expect(await cancellations('gpu-6')).toBe(0);
    expect(await domain.row('jobs', job.id)).toMatchObject({ runpod_job_id: 'gpu-6', state: 'waiting' });
    expect(await gpuJobs.takePoll(job.id, [0])).toBeNull();
  });

  it('of an earlier submission reveals a straggler, also while the id of the present one is unknown', async () => {
    const { job, hookToken } = await waiting(null);
    await gpuJobs.submitAgain(required(await gpuJobs.takePoll(job.id, [0])));
    await hint(`${hookToken}.1`, 'gpu-first'); // before it is sent once more
    expect(await cancellations('gpu-first')).toBe(1);

    const again = required(await domain.jobs.claim(job.id));
    await gpuJobs.noteSubmitting(again, submission());
    await gpuJobs.noteWaiting(again, null, 0);
    await hint(`${hookToken}.1`, 'gpu-first-too');
    expect(await cancellations('gpu-first-too')).toBe(1);
    expect(await domain.row('jobs', job.id)).toMatchObject({ runpod_job_id: null, submitted_generation: 2 });
    await hint(`${hookToken}.2`, 'gpu-second');
    expect(await domain.row('jobs', job.id)).toMatchObject({ runpod_job_id: 'gpu-second' });
  });

  it('that comes before the answer of POST /run cancels nothing', async () => {
    const job = await claimed();
    const sent = submission();
    await gpuJobs.noteSubmitting(job, sent);
    await hint(`${sent.hookToken}.1`, 'gpu-quick');
    expect(await cancellations('gpu-quick')).toBe(0);
  });

  it('is not known without its word', async () => {
    await expect(hint(`${newHookToken()}.1`, 'gpu-7')).rejects.toMatchObject({ code: 'not_found' });
    await expect(hint('nonsense', 'gpu-7')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('what a poll has seen', () => {
  it('is kept for the GPU job that was asked about alone', async () => {
    const { job } = await waiting('gpu-8');
    await gpuJobs.noteSeen(job.id, 'gpu-other', { stage: 'testing', done: 1, of: 2 });
    expect(await domain.row('jobs', job.id)).toMatchObject({ gpu_seen: false });
    await gpuJobs.noteSeen(job.id, 'gpu-8', { stage: 'testing', done: 1, of: 2 });
    expect(await domain.row('jobs', job.id)).toMatchObject({
      gpu_seen: true,
      progress: { stage: 'testing', done: 1, of: 2 },
    });
  });

  it('keeps an overdue poll from being sent twice', async () => {
    const { job } = await waiting('gpu-9');
    await late(job);
    const rows = domain.get(DispatchRepository);
    const overdue = await Promise.all([rows.overduePolls(10_000, 0, 100), rows.overduePolls(10_000, 0, 100)]);
    expect(overdue.flat().filter(({ id }) => id === job.id)).toHaveLength(1);
  });

  it('takes a poll for overdue only when it is later than those before it can explain', async () => {
    const { job } = await waiting('gpu-10');
    await late(job);
    const rows = domain.get(DispatchRepository);
    expect(await rows.overduePolls(10_000, 61_000, 100)).toEqual([]);
    expect((await rows.overduePolls(10_000, 1, 100)).map(({ id }) => id)).toContain(job.id);
  });
});

describe('a delivery that comes before its poll is due', () => {
  it('is sent once more for the time that is left, the newest of a job alone', async () => {
    const job = await claimed();
    await gpuJobs.noteSubmitting(job, submission());
    expect(await gpuJobs.noteWaiting(job, 'gpu-11', 60_000)).toBe(1);
    const early = await Promise.all([1, 1, 0].map((number) => gpuJobs.takeEarly(job.id, number)));
    const [again, ...more] = early.filter((delivery) => delivery !== null);
    expect(more).toEqual([]);
    expect(again).toMatchObject({ generation: 1, number: 2 });
    expect(again?.delayMs).toBeGreaterThan(50_000);
    expect(again?.delayMs).toBeLessThanOrEqual(60_000);
  });

  it('is not when the poll is due: it was taken', async () => {
    const { job } = await waiting('gpu-12');
    expect(await gpuJobs.takeEarly(job.id, 1)).toBeNull();
  });
});
