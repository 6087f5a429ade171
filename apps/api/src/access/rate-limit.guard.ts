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

  canActivate(context: ExecutionContext): true | Promise<true> {
    const http = context.switchToHttp();
    const { caller } = http.getRequest<Request>();
    const limit = this.config.rateLimitPerMinute;
    return !caller || limit === 0 ? true : this.count(caller.keyId, limit, http.getResponse<Response>());
  }

  private async count(keyId: string, limit: number, response: Response): Promise<true> {
    const count = await this.limiter.count(`key:${keyId}`, limit);
    response.setHeader('RateLimit-Limit', limit);
    response.setHeader('RateLimit-Remaining', count.remaining);
    response.setHeader('RateLimit-Reset', count.resetSeconds);
    if (!count.allowed) throw AppError.of('rate_limited', { retryAfterSeconds: count.resetSeconds });
    return true;
  }
}
