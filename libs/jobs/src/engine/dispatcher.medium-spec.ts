import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { Metrics } from '#libs/metrics';
import { Domain, required } from '../../../../test/support/domain.js';
import { startValkey } from '../../../../test/support/services.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { JobQueues } from '../queues/job-queues.js';
import type { QueueName } from '../queues/queue-options.js';
import { claimJob } from '../rows/claim.js';
import { requeueJob } from '../rows/requeue.js';
import { Dispatcher } from './dispatcher.js';
import { Recovery } from './recovery.js';

describe('Dispatcher and Recovery', () => {
  let valkey: Awaited<ReturnType<typeof startValkey>>;
  let redis: Redis;
  let domain: Domain;
  let queues: JobQueues;
  let dispatcher: Dispatcher;
  let recovery: Recovery;

  beforeAll(async () => {
    valkey = await startValkey();
    redis = new Redis(valkey.url);
    domain = await Domain.open({ redisUrl: valkey.url });
    queues = domain.get(JobQueues);
    dispatcher = domain.get(Dispatcher);
    recovery = new Recovery(domain.database, queues, new Metrics('worker'), pino({ level: 'silent' }));
    await waitFor('Redis', () => queues.ready());
  });
  afterAll(async () => {
    redis.disconnect();
    await domain.close();
    await valkey.process.stop();
  });

  /** Ids of the rows that deliveries on a queue name. */
  const delivered = async (name: QueueName): Promise<string[]> => {
    const jobs = await queues.get(name).getJobs(['waiting', 'paused', 'delayed']);
    return jobs.map(({ data }) => data.id);
  };
  /** Lets time pass for what was sent. */
  const age = (jobId: string): Promise<unknown> =>
    domain.database.query(
      `UPDATE jobs SET nudged_at = nudged_at - interval '1 minute', run_after = run_after - interval '1 minute',
         updated_at = updated_at - interval '1 minute' WHERE id = $1`,
      [jobId],
    );

  it('sends a job that a request has committed, its id and nothing else', async () => {
    const voiceId = await domain.uploadedVoice();
    const id = await domain.jobId(voiceId, 'split');
    await waitFor('the delivery', async () => (await delivered('splitting')).includes(id));
    const sent = (await queues.get('splitting').getJobs(['waiting'])).find(({ data }) => data.id === id);
    expect(sent?.data).toEqual({ id });
    expect(sent?.id).toBe(`${id}-0-1`);
    expect(await queues.holds('splitting', { jobId: id, generation: 0, number: 1 })).toBe(true);
  });

  it('does not take for a delivery what Bull notes of a failure after Redis was wiped', async () => {
    const delivery = { jobId: '00000000-0000-4000-8000-000000000000', generation: 1, number: 1 };
    await redis.hset(queues.get('splitting').toKey(`${delivery.jobId}-1-1`), 'failedReason', 'not in the active state');
    expect(await queues.holds('splitting', delivery)).toBe(false);
  });

  it('never uses a Bull job id again, because such a delivery would be a silent no-op', async () => {
    const id = await domain.jobId(await domain.uploadedVoice(), 'split');
    await waitFor('the delivery', async () => (await delivered('splitting')).includes(id));
    const claim = required(await claimJob(domain.database, id));
    await requeueJob(domain.database, claim, { afterMs: 0, failed: false });
    expect(await dispatcher.dispatch()).toBe(1);
    const ids = (await queues.get('splitting').getJobs(['waiting'])).map((job) => job.id);
    expect(ids.filter((one) => String(one).startsWith(id)).sort()).toEqual([`${id}-0-1`, `${id}-1-2`]);
  });

  it('loses nothing to FLUSHALL: lost nudges are sent again, held ones are not', async () => {
    const [lost, claimed] = await Promise.all(
      [await domain.uploadedVoice(), await domain.uploadedVoice()].map((voiceId) => domain.jobId(voiceId, 'split')),
    );
    const id = required(lost);
    await waitFor('both deliveries', async () => {
      const there = await delivered('splitting');
      return there.includes(id) && there.includes(required(claimed));
    });
    await age(id);
    await recovery.recoverNudges();
    expect(await domain.row('jobs', id)).toMatchObject({ nudges: 1, nudged_at: expect.any(Date) });

    await claimJob(domain.database, required(claimed));
    await redis.flushall();
    expect(await delivered('splitting')).toEqual([]);
    await recovery.recoverNudges();
    await dispatcher.dispatch();
    expect(await delivered('splitting')).toContain(id);
    expect(await delivered('splitting')).not.toContain(claimed);
    expect(await domain.row('jobs', id)).toMatchObject({ nudges: 2 });
  });

  it('sends a poll again once when its delayed delivery was lost', async () => {
    const id = await domain.jobId(await domain.uploadedVoice(), 'split');
    await domain.database.query(`UPDATE jobs SET state = 'waiting' WHERE id = $1`, [id]);
    await recovery.recoverPolls();
    expect(await delivered('embedding-poll')).toEqual([]); // not overdue yet
    await age(id);
    await Promise.all([recovery.recoverPolls(), recovery.recoverPolls()]);
    expect(await delivered('embedding-poll')).toEqual([id]);
  });
});
