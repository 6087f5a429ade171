import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { RateLimiter } from '#libs/auth';
import { Domain } from '../../../../test/support/domain.js';
import { RedisCluster } from '../../../../test/support/redis/cluster.js';
import { describeWithRedis } from '../../../../test/support/redis/describe-with-redis.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { warnOfEviction } from './eviction-warning.js';
import { JobQueues, type Delivery } from './job-queues.js';
import { pollLimits, queueNames, type QueueName } from './queue-options.js';

const delayMs = 1_500;

describeWithRedis('queues and rate limits in a cluster', () => {
  let cluster: RedisCluster;
  let sender: Domain;
  let worker: Domain;
  const handled: { readonly queue: QueueName; readonly id: string; readonly at: number }[] = [];
  beforeAll(async () => {
    cluster = await RedisCluster.start();
    const redisUrl = `redis+cluster://${cluster.hosts}`;
    [sender, worker] = await Promise.all([Domain.open({ redisUrl }), Domain.open({ redisUrl })]);
    await waitFor('connections', () => [sender, worker].every((domain) => domain.get(JobQueues).ready()));
  });
  afterAll(async () => {
    await Promise.all([sender.close(), worker.close()]);
    await cluster.stop();
  });

  const send = (queue: QueueName, jobId: string, more: Partial<Delivery> = {}): Promise<boolean> =>
    sender.get(JobQueues).send(queue, { jobId, generation: 1, number: 1, ...more });
  const handledAs = (id: string): number => handled.findIndex((one) => one.id === id);

  let firstSentAt = 0;
  it('hold what is sent, and count it', async () => {
    firstSentAt = performance.now();
    for (const queue of queueNames) {
      for (const [id, rank] of [
        ['third', 3],
        ['first', 1],
        ['second', 2],
      ] as const) {
        expect(await send(queue, `${queue}-${id}`, { priority: rank })).toBe(true);
      }
      expect(await send(queue, `${queue}-later`, { delayMs })).toBe(true);
    }
    const counts = await sender.get(JobQueues).counts();
    expect([...(counts?.keys() ?? [])]).toEqual(queueNames);
    for (const held of counts?.values() ?? []) expect(held).toMatchObject({ waiting: 3, active: 0, delayed: 1 });
    const holds = (jobId: string): Promise<boolean | null> =>
      sender.get(JobQueues).holds('splitting', { jobId, generation: 1, number: 1 });
    expect([await holds('splitting-first'), await holds('splitting-fourth')]).toEqual([true, false]);
  });

  it('deliver by priority, and delayed deliveries when they are due', async () => {
    for (const queue of queueNames) {
      void worker
        .get(JobQueues)
        .get(queue)
        .process(1, async ({ data }) => void handled.push({ queue, id: data.id, at: performance.now() }));
    }
    await waitFor('all of it', () => handled.length === 4 * queueNames.length);
    for (const queue of queueNames) {
      const order = handled.filter((one) => one.queue === queue).map(({ id }) => id.replace(`${queue}-`, ''));
      expect(order).toEqual(['first', 'second', 'third', 'later']);
    }
    for (const { id, at } of handled)
      if (id.endsWith('later')) expect(at - firstSentAt).toBeGreaterThanOrEqual(delayMs);
    await waitFor('nothing left', async () => {
      const counts = await sender.get(JobQueues).counts();
      return [...(counts?.values() ?? [])].every(({ waiting, active, delayed }) => waiting + active + delayed === 0);
    });
  });

  it('keep the polls of all workers below their limit', async () => {
    const pollLimit = pollLimits['embedding-poll'];
    const polls = Array.from({ length: 2 * pollLimit.max + 20 }, (_, at) => `poll-${at}`);
    await Promise.all(polls.map((id) => send('embedding-poll', id)));
    await waitFor('every poll', () => polls.every((id) => handledAs(id) >= 0));
    const times = handled.filter(({ id }) => id.startsWith('poll-')).map(({ at }) => at);
    // The first of them may come at the end of a window. So many fill that one and all of the next one.
    expect((times[2 * pollLimit.max] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(pollLimit.duration * 0.9);
  });

  it('count requests together for all processes', async () => {
    const limiters = [sender.get(RateLimiter), worker.get(RateLimiter)] as const;
    await waitFor('counts in Redis', async () => {
      const bucket = randomUUID();
      for (const limiter of limiters) await limiter.count(bucket, 10);
      return (await limiters[0].count(bucket, 10)).remaining === 7;
    });
  });

  it('warn of every node that may evict queue entries', async () => {
    const warnings: unknown[] = [];
    const logger = { warn: (fields: unknown): void => void warnings.push(fields) };
    expect(await sender.get(JobQueues).evictionPolicies()).toEqual(['noeviction', 'noeviction', 'noeviction']);
    await cluster.nodes[1]?.ask('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    warnOfEviction(sender.get(JobQueues), logger);
    await waitFor('a warning', () => warnings.length > 0);
    expect(warnings).toEqual([{ policy: 'allkeys-lru' }]);
  });

  it('neither hang nor delay requests while their node is down, and resume when it is back', async () => {
    const node = await cluster.nodeOf('{timbre}');
    node.process.kill('SIGKILL');
    await node.process.ended;
    expect(await send('splitting', 'refused')).toBe(false);
    await waitFor('a cluster that is down', async () =>
      String(await cluster.nodes[0]?.ask('CLUSTER', 'INFO')).includes('cluster_state:fail'),
    );
    const askedAt = performance.now();
    for (let n = 1; n <= 3; n++) {
      expect(await sender.get(RateLimiter).count('a', 10)).toMatchObject({ remaining: 10 - n });
    }
    expect(performance.now() - askedAt).toBeLessThan(10_000); // they do not wait until the node is back

    await node.process.start();
    await cluster.whole();
    let number = 1;
    await waitFor('a delivery', () => send('splitting', 'again', { number: ++number }));
    await waitFor('it being handled', () => handledAs('again') >= 0);
  });
});
