import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startValkey } from '../../../../test/support/services.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { connectRedis, type RedisConnection } from './redis-connection.js';

const socketTimeout = 2_000;

describe('connectRedis, when a connection is lost while it waits for an answer', () => {
  let valkey: Awaited<ReturnType<typeof startValkey>>;
  let waiting: RedisConnection;
  let other: RedisConnection;
  beforeAll(async () => {
    valkey = await startValkey();
    other = connectRedis(valkey.url, {});
    waiting = connectRedis(valkey.url, { socketTimeout, maxRetriesPerRequest: null, retryStrategy: () => 10 });
  });
  afterAll(async () => {
    waiting.disconnect();
    other.disconnect();
    await valkey.process.stop();
  });

  it('reconnects once, and the timeout of the lost connection does not cut the new one', async () => {
    let closed = 0;
    const errors: unknown[] = [];
    waiting.on('close', () => (closed += 1));
    waiting.on('error', (error) => errors.push(error));
    await waitFor('a connection', () => waiting.status === 'ready');
    const popped = waiting.brpoplpush('from', 'to', 0);
    await waitFor('a waiting client', async () => /cmd=brpoplpush/.test(String(await other.client('LIST'))));
    await other.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await waitFor('the client waiting again', async () => /cmd=brpoplpush/.test(String(await other.client('LIST'))));
    const until = performance.now() + socketTimeout; // the timeout of the lost connection ends before
    await other.lpush('from', 'work');
    expect(await popped).toBe('work');
    await waitFor('the timeout of the lost connection', () => performance.now() > until);
    expect([closed, errors]).toEqual([1, []]);
  });
});
