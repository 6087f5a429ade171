import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request, Response } from 'express';
import { RateLimiter } from '#libs/auth';
import type { Config } from '#libs/config';
import { AppError } from '#libs/errors';
import { CONFIG } from '../app-tokens.js';

/** 429: each request counts once against its key; what is left is told by headers. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(
    private readonly limiter: RateLimiter,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const { caller } = http.getRequest<Request>();
    const limit = this.config.rateLimitPerMinute;
    if (!caller || limit === 0) return true;
    const count = await this.limiter.count(`key:${caller.keyId}`, limit);
    const response = http.getResponse<Response>();
    response.setHeader('RateLimit-Limit', limit);
    response.setHeader('RateLimit-Remaining', count.remaining);
    response.setHeader('RateLimit-Reset', count.resetSeconds);
    if (!count.allowed) throw AppError.of('rate_limited', { retryAfterSeconds: count.resetSeconds });
    return true;
  }
}
