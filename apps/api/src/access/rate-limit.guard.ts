import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request, Response } from 'express';
import { RateLimiter } from '#libs/auth';
import { CONFIG, type Config } from '#libs/config';
import { AppError } from '#libs/errors';

/** 429: counts each request against its key, and reports the rest of the quota in headers. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(
    private readonly limiter: RateLimiter,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async canActivate(context: ExecutionContext): Promise<true> {
    const http = context.switchToHttp();
    const { caller } = http.getRequest<Request>();
    const limit = this.config.rateLimitPerMinute;
    if (!caller || limit === 0) return true;
    const response = http.getResponse<Response>();
    const count = await this.limiter.count(`key:${caller.keyId}`, limit);
    response.setHeader('RateLimit-Limit', limit);
    response.setHeader('RateLimit-Remaining', count.remaining);
    response.setHeader('RateLimit-Reset', count.resetSeconds);
    if (!count.allowed) throw AppError.of('rate_limited', { retryAfterSeconds: count.resetSeconds });
    return true;
  }
}
