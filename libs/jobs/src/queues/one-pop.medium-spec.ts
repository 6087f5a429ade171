import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Bull, { type Queue } from 'bull';
import { Redis } from 'ioredis';
import { startValkey } from '../../../../test/support/services.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { popOneAtATime } from './one-pop.js';
import { queueOptions } from './queue-options.js';

const concurrency = 8;

describe('popOneAtATime', () => {
  let valkey: Awaited<ReturnType<typeof startValkey>>;
  let redis: Redis;
  const queues: Queue[] = [];
  beforeAll(async () => {
    valkey = await startValkey();
    redis = new Redis(valkey.url);
  });
  afterAll(async () => {
    await Promise.all(queues.map((queue) => queue.close()));
    redis.disconnect();
    await valkey.process.stop();
  });

  const makeQueue = (name: string): Queue => {
    const queue = new Bull(name, valkey.url, queueOptions);
    queues.push(queue);
    return queue;
  };
  /** Bytes of commands that wait on the blocked connection for the one before them. */
  const commandsWaiting = async (): Promise<boolean> => {
    const clients = String(await redis.call('CLIENT', 'LIST'));
    return clients.split('\n').some((client) => client.includes('cmd=brpoplpush') && !/qbuf=0 /.test(client));
  };

  it('leaves no command in Redis that takes deliveries for a frozen worker', async () => {
    const plain = makeQueue('plain');
    void plain.process(concurrency, () => Promise.resolve());
    await waitFor('what Bull does by itself: commands that wait', commandsWaiting);
    await plain.close();
    const queue = makeQueue('one');
    popOneAtATime(queue);
    void queue.process(concurrency, () => Promise.resolve());
    await waitFor('the blocking command', async () =>
      String(await redis.call('CLIENT', 'LIST')).includes('cmd=brpoplpush'),
    );
    expect(await commandsWaiting()).toBe(false);
  });

  it('still runs as many deliveries at once, takes none while paused, and resumes', async () => {
    const queue = makeQueue('busy');
    popOneAtATime(queue);
    let running = 0;
    let most = 0;
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    void queue.process(concurrency, async () => {
      most = Math.max(most, (running += 1));
      await released;
      running -= 1;
    });
    for (let n = 0; n < 20; n += 1) await queue.add({ n });
    await waitFor('all slots are in use', () => running === concurrency);
    await queue.pause(true, true);
    release();
    await waitFor('what runs is done', () => running === 0);
    expect(most).toBe(concurrency);
    expect((await queue.getJobCounts()).waiting).toBe(20 - concurrency);
    await queue.resume(true);
    await waitFor('the rest is done', async () => (await queue.count()) === 0 && running === 0);
  });
});
