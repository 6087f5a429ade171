import { afterAll, beforeAll, it } from '@jest/globals';
import { Domain } from '../../../../test/support/domain.js';
import { describeWithRedis } from '../../../../test/support/redis/describe-with-redis.js';
import { Sentinels } from '../../../../test/support/redis/sentinels.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { JobQueues } from './job-queues.js';

describeWithRedis('queues whose master sentinels name', () => {
  let sentinels: Sentinels;
  let domain: Domain;
  const done: string[] = [];
  beforeAll(async () => {
    sentinels = await Sentinels.start();
    domain = await Domain.open({ redisUrl: `redis+sentinel://${sentinels.hostsAndName}` });
    void domain
      .get(JobQueues)
      .get('splitting')
      .process(async ({ data }) => void done.push(data.id));
  });
  afterAll(async () => {
    await domain.close();
    await sentinels.stop();
  });

  /** Sends until Redis takes it, as the dispatcher does. */
  const deliver = async (jobId: string): Promise<void> => {
    let number = 0;
    await waitFor(`${jobId} on a queue`, () =>
      domain.get(JobQueues).send('splitting', { jobId, generation: 1, number: ++number }),
    );
    await waitFor(`${jobId} done`, () => done.includes(jobId));
  };

  it('deliver before and after the master is killed', async () => {
    await deliver('before');
    const master = await sentinels.master();
    master.process.kill('SIGKILL');
    await waitFor('another master', async () => (await sentinels.master()) !== master);
    await deliver('after');
    await master.process.start();
    await deliver('later');
  });
});
