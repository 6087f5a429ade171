import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { RunpodHooksService } from '#libs/embeddings';
import { findJob, JobQueues, type EmbedJob } from '#libs/jobs';
import { ofKind } from '../../../test/support/domain.js';
import { startValkey } from '../../../test/support/services.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { completed, EmbeddingLab } from '../../../test/support/embedding-lab.js';
import { Consumers } from './consumers.js';

describe('Consumers, with polls through Redis', () => {
  let valkey: Awaited<ReturnType<typeof startValkey>>;
  let lab: EmbeddingLab;
  let queues: JobQueues;
  let consumers: Consumers;

  beforeAll(async () => {
    valkey = await startValkey();
    lab = await EmbeddingLab.open({ redisUrl: valkey.url });
    queues = lab.domain.get(JobQueues);
    await waitFor('Redis', () => queues.ready());
    const { steps, polls } = lab.worker();
    const config = { ffmpegProcesses: 1, shutdownGraceSeconds: 1 };
    consumers = new Consumers(steps, polls, queues, lab.stopping, config, pino({ level: 'silent' }));
    consumers.onApplicationBootstrap();
  });
  afterAll(async () => {
    await consumers.beforeApplicationShutdown();
    await lab.close();
    await valkey.process.stop();
  });

  const row = (job: EmbedJob): ReturnType<typeof lab.domain.row> => lab.domain.row('jobs', job.id);
  const isEmbedded = async (job: EmbedJob): Promise<boolean> =>
    (await lab.details(job)).embeddingStatus === 'completed';

  /** A job that this worker has submitted, that RunPod has completed, and that was not polled yet. */
  const submittedJob = async (runpodJobId: string): Promise<EmbedJob> => {
    lab.answers.set('run', { status: 200, body: { id: runpodJobId, status: 'IN_QUEUE' } });
    const { id } = await lab.requestedJob();
    await waitFor('the submission', async () => (await lab.domain.row('jobs', id))['state'] === 'waiting');
    const job = ofKind('embed', await findJob(lab.domain.database, id));
    lab.answers.set(runpodJobId, completed(await lab.deliver(job)));
    return job;
  };

  it('do not lose a poll that a machine with a fast clock takes early', async () => {
    const job = await submittedJob('gpu-early');
    await lab.domain.database.query(`UPDATE jobs SET run_after = now() + interval '4 s' WHERE id = $1`, [job.id]);
    await waitFor('a delivery in place of the early one', async () => Number((await row(job))['nudges']) > job.nudges);
    expect(await isEmbedded(job)).toBe(false);
    await waitFor('the embedding', () => isEmbedded(job)); // recovery does not run here
    expect(await row(job)).toMatchObject({ polls: 1 });
  });

  it('poll at once after a webhook, however many other polls wait', async () => {
    const polls = queues.get('embedding-poll');
    const others = Array.from({ length: 3_000 }, () => ({ id: randomUUID() }));
    await polls.addBulk(others.map((data) => ({ data, opts: { jobId: `${data.id}-1-1` } })));
    await waitFor('polls over the limit', async () => (await polls.getDelayedCount()) > 1_000);

    const job = await submittedJob('gpu-told');
    const webhooks = lab.domain.get(RunpodHooksService);
    await webhooks.hint(await webhooks.find(`${job.hookToken}.${job.generation}`), 'gpu-told');
    await waitFor('the embedding', () => isEmbedded(job), { timeoutMs: 90_000, everyMs: 20 });
    expect(await polls.getDelayedCount()).toBeGreaterThan(500); // the others still wait
  });
});
