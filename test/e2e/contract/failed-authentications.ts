import { Redis } from 'ioredis';
import type { StackAddress } from '../../support/stack.js';

/** Twenty failed authentications a minute end in 429: a test that fails more of them on purpose forgets those so far. */
export async function forgetFailedAuthentications(stack: Pick<StackAddress, 'redisUrl'>): Promise<void> {
  const redis = new Redis(stack.redisUrl);
  const keys = await redis.keys('{timbre-rate}:failed:*');
  if (keys.length > 0) await redis.del(...keys);
  redis.disconnect();
}
