import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { EncodeSlots, findAudioTools } from '#libs/audio';
import { WebhooksService } from '#libs/embeddings';
import { JobQueues, type ClaimedJob } from '#libs/jobs';
import { SplittingService } from '#libs/samples';
import { ScratchFolder } from '#libs/storage';
import { required } from '../../../../test/support/domain.js';
import { startValkey, temporaryFolder } from '../../../../test/support/services.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { completed, EmbeddingLab } from '../../test/embedding-lab.js';
import { SplitStep } from '../splitting/split.step.js';
import { SplittingProcessor } from '../splitting/splitting.processor.js';
import { QueueConsumers } from './queue-consumers.js';

describe('polls of a worker, through Redis', () => {
  let valkey: Awaited<ReturnType<typeof startValkey>>;
  let lab: EmbeddingLab;
  let queues: JobQueues;
  let consumers: QueueConsumers;
  let scratch: ScratchFolder;

  beforeAll(async () => {
    valkey = await startValkey();
    lab = await EmbeddingLab.open(valkey.url);
    const { domain, storage } = lab;
    queues = domain.get(JobQueues);
    await waitFor('Redis', () => queues.ready());
    const folder = temporaryFolder();
    scratch = await ScratchFolder.open(folder, 'worker');
    const step = new SplitStep(domain.get(SplittingService), storage, scratch, {
      tools: await findAudioTools({
        searchPath: process.env['PATH'] ?? '',
        launcherFolder: path.join(folder, 'launchers'),
      }),
      maxRecordingSeconds: 60,
      slots: new EncodeSlots(1),
      onConverted: () => undefined,
    });
    const logger = pino({ level: 'silent' });
    const splitting = new SplittingProcessor(lab.runner(), step);
    const options = { ffmpegProcesses: 1, graceSeconds: 1 };
    consumers = new QueueConsumers(queues, splitting, lab.processor(), lab.stopping, options, logger);
    consumers.onApplicationBootstrap();
  });
  afterAll(async () => {
    await consumers.beforeApplicationShutdown();
    await lab.close();
    await scratch.close();
    await valkey.process.stop();
  });

  const row = (job: ClaimedJob): ReturnType<typeof lab.domain.row> => lab.domain.row('jobs', job.id);
  const isEmbedded = async (job: ClaimedJob): Promise<boolean> =>
    (await lab.details(job)).status.embedding === 'completed';

  /** A job that this worker has submitted, and that has ended well already; nobody has looked yet. */
  const submittedJob = async (runpodJobId: string): Promise<ClaimedJob> => {
    lab.answers.set('run', { status: 200, body: { id: runpodJobId, status: 'IN_QUEUE' } });
    const { id } = await lab.requestedJob();
    await waitFor('the submission', async () => (await lab.domain.row('jobs', id))['state'] === 'waiting');
    const job = required(await lab.domain.jobs.find(id));
    lab.answers.set(runpodJobId, completed(await lab.deliver(job)));
    return job;
  };

  it('are not lost when a machine with a fast clock takes them before their time', async () => {
    const job = await submittedJob('gpu-early');
    await lab.domain.database.query(`UPDATE jobs SET run_after = now() + interval '4 s' WHERE id = $1`, [job.id]);
    await waitFor('a delivery in place of the early one', async () => Number((await row(job))['nudges']) > job.nudges);
    expect(await isEmbedded(job)).toBe(false);
    await waitFor('the embedding', () => isEmbedded(job)); // the reconciler does not run here
    expect(await row(job)).toMatchObject({ polls: 1 });
  });

  it('find what a webhook tells of at once, however many others wait their turn', async () => {
    const polls = queues.get('embedding-poll');
    const others = Array.from({ length: 3_000 }, () => ({ id: randomUUID() }));
    await polls.addBulk(others.map((data) => ({ data, opts: { jobId: `${data.id}-1-1` } })));
    await waitFor('polls over the limit', async () => (await polls.getDelayedCount()) > 1_000);

    const job = await submittedJob('gpu-told');
    const webhooks = lab.domain.get(WebhooksService);
    const toldAt = performance.now();
    await webhooks.hint(await webhooks.find(`${job.hookToken}.${job.generation}`), 'gpu-told');
    await waitFor('the embedding', () => isEmbedded(job), { timeoutMs: 90_000, everyMs: 20 });
    expect(performance.now() - toldAt).toBeLessThan(5_000);
    expect(await polls.getDelayedCount()).toBeGreaterThan(500); // others wait still
  });
});
