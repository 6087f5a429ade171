import type { Request } from 'express';
import type { RateLimiter } from '#libs/auth';
import { AppError } from '#libs/errors';
import { clientAddress } from './client-address.js';

/** Failed authentications a minute from one address; those beyond are answered 429. */
const failuresPerMinute = 20;

/** Counts a failed authentication. @throws AppError `rate_limited` when its address had too many */
export async function countFailedAuthentication(limiter: RateLimiter, request: Request): Promise<void> {
  const count = await limiter.count(`failed:${clientAddress(request)}`, failuresPerMinute);
  if (!count.allowed) throw AppError.of('rate_limited', { retryAfterSeconds: count.resetSeconds });
}
