import { connectRedis, type RedisConnection } from '#libs/jobs';
import { LocalWindows, rateCount, windowMs, type RateCount } from './rate-window.js';

/** One request never waits longer than this for Redis. */
const patienceMs = 50;
const failuresToOpen = 3;
const openMs = 10_000;

/** Counts a hit and says what is left of the window; the window begins with its first hit and is never lengthened. */
const hitScript = `
local count = redis.call('INCR', KEYS[1])
local rest = redis.call('PTTL', KEYS[1])
if rest < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  rest = tonumber(ARGV[1])
end
return {count, rest}`;

/**
 * Counts requests in Redis, shared by all API processes. With Redis down or slow it counts in this process instead: it
 * neither refuses nor waits.
 */
export class RateLimiter {
  private readonly redis: RedisConnection;
  private readonly local = new LocalWindows();
  private failures = 0;
  private openUntil = 0;

  constructor(redisUrl: string) {
    this.redis = connectRedis(redisUrl, {
      commandTimeout: patienceMs,
      connectTimeout: 2_000,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (times) => Math.min(times * 200, 2_000),
    });
    this.redis.on('error', () => undefined); // told by the commands that fail
  }

  async onApplicationShutdown(): Promise<void> {
    this.redis.disconnect();
  }

  /** Counts one request against a bucket (a key's id, an address). */
  async count(bucket: string, limit: number): Promise<RateCount> {
    const shared = performance.now() < this.openUntil ? null : await this.hitShared(bucket);
    const { count, restMs } = shared ?? this.local.hit(bucket);
    return rateCount(count, restMs, limit);
  }

  private async hitShared(bucket: string): Promise<{ count: number; restMs: number } | null> {
    // Nothing to wait for, so no reason to open the breaker: it would keep Redis away for 10 s after each (re)start.
    if (this.redis.status !== 'ready') return null;
    try {
      const answer = await this.redis.eval(hitScript, 1, `{timbre-rate}:${bucket}`, windowMs);
      this.failures = 0;
      const [count, restMs] = answer as [number, number];
      return { count, restMs };
    } catch {
      this.failures += 1;
      if (this.failures >= failuresToOpen) {
        this.failures = 0;
        this.openUntil = performance.now() + openMs;
      }
      return null;
    }
  }
}
