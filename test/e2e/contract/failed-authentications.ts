import { Redis } from 'ioredis';
import type { StackAddress } from '../../support/stack.js';

/** Resets the count of failed authentications, for tests that need more than the 20 a minute that the API allows. */
export async function forgetFailedAuthentications(stack: Pick<StackAddress, 'redisUrl'>): Promise<void> {
  const redis = new Redis(stack.redisUrl);
  const keys = await redis.keys('{timbre-rate}:failed:*');
  if (keys.length > 0) await redis.del(...keys);
  redis.disconnect();
}
