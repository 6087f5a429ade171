import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { Authenticator, RateLimiter } from '#libs/auth';
import { AppError, isAppError } from '#libs/errors';
import { publicKey } from './public.decorator.js';
import { sentKey } from './sent-key.js';

/** Failed authentications a minute from one address; those beyond are answered 429. */
const failuresPerMinute = 20;

/** 401: who is calling? */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly limiter: RateLimiter,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.getAllAndOverride<boolean>(publicKey, [context.getHandler(), context.getClass()])) return true;
    const request = context.switchToHttp().getRequest<Request>();
    try {
      request.caller = await this.authenticator.authenticate(sentKey(request));
      return true;
    } catch (error) {
      if (isAppError(error, 'invalid_api_key')) await this.countFailure(request);
      throw error;
    }
  }

  private async countFailure(request: Request): Promise<void> {
    const address = request.socket.remoteAddress ?? 'unknown';
    const count = await this.limiter.count(`failed:${address}`, failuresPerMinute);
    if (!count.allowed) throw AppError.of('rate_limited', { retryAfterSeconds: count.resetSeconds });
  }
}
