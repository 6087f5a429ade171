import { randomUUID } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { deadRedisUrl } from '../../../test/support/domain.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { RateLimiter } from './rate-limiter.js';
import type { RateCount } from './rate-window.js';

describe('RateLimiter.count', () => {
  const redisUrl = (): string => process.env['TEST_REDIS_URL'] ?? '';
  const made: RateLimiter[] = [];
  const limiter = (redisUrl: string): RateLimiter => {
    const one = new RateLimiter({ redisUrl });
    made.push(one);
    return one;
  };
  let redis: Redis;
  beforeAll(() => {
    redis = new Redis(redisUrl());
  });
  afterEach(() => Promise.all(made.splice(0).map((one) => one.onApplicationShutdown())));
  afterAll(() => redis.disconnect());

  /** A limiter that counts in Redis already. */
  const connected = async (): Promise<RateLimiter> => {
    const one = limiter(redisUrl());
    await waitFor('a count in Redis', async () => {
      const bucket = randomUUID();
      await one.count(bucket, 1);
      return (await redis.exists(`{timbre-rate}:${bucket}`)) === 1;
    });
    return one;
  };

  it('counts in Redis soon after requests that came before the connection', async () => {
    await connected(); // which counts long before the connection is made
  }, 8_000);

  it('shares its counts with other processes and counts each request once', async () => {
    const [one, other] = [await connected(), await connected()];
    const bucket = randomUUID();
    const counts: RateCount[] = [];
    for (let n = 0; n < 3; n++) counts.push(await one.count(bucket, 4), await other.count(bucket, 4));
    expect(counts.map(({ remaining }) => remaining)).toEqual([3, 2, 1, 0, 0, 0]);
    expect(counts.map(({ allowed }) => allowed)).toEqual([true, true, true, true, false, false]);
    for (const { resetSeconds, limit } of counts) {
      expect(limit).toBe(4);
      expect(resetSeconds).toBeGreaterThan(0);
      expect(resetSeconds).toBeLessThanOrEqual(60);
    }
  });

  it('does not extend the window for rejected requests', async () => {
    const one = await connected();
    const bucket = randomUUID();
    await one.count(bucket, 1);
    await redis.pexpire(`{timbre-rate}:${bucket}`, 30_000);
    for (let n = 0; n < 20; n++) {
      expect(await one.count(bucket, 1)).toMatchObject({ allowed: false, resetSeconds: 30 });
    }
    expect(await redis.pttl(`{timbre-rate}:${bucket}`)).toBeLessThanOrEqual(30_000);
  });

  it('gives a window without expiry a new one, so that nobody is locked out forever', async () => {
    const one = await connected();
    const bucket = randomUUID();
    await one.count(bucket, 1);
    await redis.persist(`{timbre-rate}:${bucket}`);
    expect(await one.count(bucket, 1)).toMatchObject({ allowed: false, resetSeconds: 60 });
    expect(await redis.pttl(`{timbre-rate}:${bucket}`)).toBeGreaterThan(0);
  });

  it('counts in this process while Redis is down', async () => {
    const one = limiter(deadRedisUrl);
    const counts = await Promise.all(Array.from({ length: 6 }, () => one.count('a', 4)));
    expect(counts.filter(({ allowed }) => allowed)).toHaveLength(4);
  });

  describe('with a Redis that hangs', () => {
    const sockets = new Set<Socket>();
    let asked = 0;
    let silent: Server;
    let silentUrl = '';
    beforeAll(async () => {
      // Answers what a connecting client sends, but no EVAL.
      silent = createServer((socket) => {
        sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('data', (data) => {
          for (const [, command] of data.toString().matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g)) {
            if (command?.toLowerCase() === 'eval') asked += 1;
            else socket.write(command?.toLowerCase() === 'info' ? '$13\r\nredis_mode:on\r\n' : '+OK\r\n');
          }
        });
      });
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      const address = silent.address();
      silentUrl = typeof address === 'object' && address !== null ? `redis://127.0.0.1:${address.port}` : '';
    });
    afterAll(() => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    });

    it('counts each request once, after at most 50 ms, and stops asking after three failures', async () => {
      const one = limiter(silentUrl);
      await waitFor('the first command', async () => {
        await one.count(randomUUID(), 1);
        return asked > 0;
      });
      const counts: RateCount[] = [];
      for (let n = 0; n < 6; n++) counts.push(await one.count('a', 4));
      expect(counts.map(({ remaining }) => remaining)).toEqual([3, 2, 1, 0, 0, 0]);
      expect(asked).toBe(3);
    }, 5_000);
  });
});
