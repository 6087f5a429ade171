import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type Config } from '#libs/config';
import { connectRedis, type RedisConnection } from '#libs/jobs';
import { admit, closedBreaker, failed, succeeded } from '#libs/service';
import { LocalWindows, rateCount, windowMs, type RateCount } from './rate-window.js';

/** The longest wait of a request for Redis. */
const patienceMs = 50;
const breakerSettings = { opensAfter: 3, openMs: 10_000 };

/** Counts a request. Returns the count and the rest of the window, which later requests never extend. */
const hitScript = `
local count = redis.call('INCR', KEYS[1])
local rest = redis.call('PTTL', KEYS[1])
if rest < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  rest = tonumber(ARGV[1])
end
return {count, rest}`;

/**
 * Counts requests in Redis, for all API processes together. While Redis is down or slow it counts in this process: it
 * neither rejects requests nor delays them. Why it is our own: docs/decisions/own-rate-limiter.md.
 */
@Injectable()
export class RateLimiter implements OnApplicationShutdown {
  private readonly redis: RedisConnection;
  private readonly local = new LocalWindows();
  private breaker = closedBreaker;

  constructor(@Inject(CONFIG) config: Pick<Config, 'redisUrl'>) {
    this.redis = connectRedis(config.redisUrl, {
      commandTimeout: patienceMs,
      connectTimeout: 2_000,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (times) => Math.min(times * 200, 2_000),
    });
    this.redis.on('error', () => undefined); // the commands that fail report it
  }

  async onApplicationShutdown(): Promise<void> {
    this.redis.disconnect();
  }

  /** Counts one request. @param bucket the id of a key, or an address */
  async count(bucket: string, limit: number): Promise<RateCount> {
    const { count, restMs } = (await this.hitShared(bucket)) ?? this.local.hit(bucket);
    return rateCount(count, restMs, limit);
  }

  private async hitShared(bucket: string): Promise<{ count: number; restMs: number } | null> {
    // Fails at once, so it must not open the breaker: Redis would stay unused for 10 s after each (re)start.
    if (this.redis.status !== 'ready') return null;
    const { breaker, retryAfterMs } = admit(this.breaker, breakerSettings, performance.now());
    this.breaker = breaker;
    if (retryAfterMs > 0) return null;
    try {
      const answer = await this.redis.eval(hitScript, 1, `{timbre-rate}:${bucket}`, windowMs);
      this.breaker = succeeded();
      const [count, restMs] = answer as [number, number];
      return { count, restMs };
    } catch {
      this.breaker = failed(this.breaker, breakerSettings, performance.now());
      return null;
    }
  }
}
