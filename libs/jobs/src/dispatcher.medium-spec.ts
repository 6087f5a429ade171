import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { Domain, required } from '../../../test/support/domain.js';
import { startValkey } from '../../../test/support/services.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { Dispatcher } from './dispatcher.js';
import { JobQueues, type QueueName } from './job-queues.js';

describe('Dispatcher', () => {
  let valkey: Awaited<ReturnType<typeof startValkey>>;
  let redis: Redis;
  let domain: Domain;
  let queues: JobQueues;
  let dispatcher: Dispatcher;

  beforeAll(async () => {
    valkey = await startValkey();
    redis = new Redis(valkey.url);
    domain = await Domain.open({ redisUrl: valkey.url });
    queues = domain.get(JobQueues);
    dispatcher = domain.get(Dispatcher);
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

  it('sends what a request has committed, its id and nothing else, without being asked', async () => {
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

  it('never uses an id again, so that no delivery is a silent no-op', async () => {
    const id = await domain.jobId(await domain.uploadedVoice(), 'split');
    await waitFor('the delivery', async () => (await delivered('splitting')).includes(id));
    const claim = required(await domain.jobs.claim(id));
    await domain.jobs.giveBack(claim, { afterMs: 0, failed: false });
    expect(await dispatcher.dispatch()).toBe(1);
    const ids = (await queues.get('splitting').getJobs(['waiting'])).map((job) => job.id);
    expect(ids.filter((one) => String(one).startsWith(id)).sort()).toEqual([`${id}-0-1`, `${id}-1-2`]);
  });

  it('loses nothing to FLUSHALL: rows are found to be lost and sent again, those that are held are not', async () => {
    const [lost, claimed] = await Promise.all(
      [await domain.uploadedVoice(), await domain.uploadedVoice()].map((voiceId) => domain.jobId(voiceId, 'split')),
    );
    const id = required(lost);
    await waitFor('both deliveries', async () => {
      const there = await delivered('splitting');
      return there.includes(id) && there.includes(required(claimed));
    });
    await age(id);
    await dispatcher.recoverLost();
    expect(await domain.row('jobs', id)).toMatchObject({ nudges: 1, nudged_at: expect.any(Date) });

    await domain.jobs.claim(required(claimed));
    await redis.flushall();
    expect(await delivered('splitting')).toEqual([]);
    await dispatcher.recoverLost();
    await dispatcher.dispatch();
    expect(await delivered('splitting')).toContain(id);
    expect(await delivered('splitting')).not.toContain(claimed);
    expect(await domain.row('jobs', id)).toMatchObject({ nudges: 2 });
  });

  it('sends polls again whose delayed deliveries were lost, once', async () => {
    const id = await domain.jobId(await domain.uploadedVoice(), 'split');
    await domain.database.query(`UPDATE jobs SET state = 'waiting' WHERE id = $1`, [id]);
    await dispatcher.recoverPolls();
    expect(await delivered('embedding-poll')).toEqual([]); // not overdue yet
    await age(id);
    await Promise.all([dispatcher.recoverPolls(), dispatcher.recoverPolls()]);
    expect(await delivered('embedding-poll')).toEqual([id]);
  });
});
