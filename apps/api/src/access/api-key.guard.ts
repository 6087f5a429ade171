import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { Authenticator, RateLimiter, type Caller } from '#libs/auth';
import { isAppError } from '#libs/errors';
import { countFailedAuthentication } from './failed-authentications.js';
import { publicKey } from './public.decorator.js';
import { sentKey } from './sent-key.js';

/** 401: who is calling? */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly limiter: RateLimiter,
  ) {}

  canActivate(context: ExecutionContext): true | Promise<true> {
    if (this.reflector.getAllAndOverride<boolean>(publicKey, [context.getHandler(), context.getClass()])) return true;
    const request = context.switchToHttp().getRequest<Request>();
    const caller = this.authenticator.authenticate(sentKey(request));
    if (caller instanceof Promise) return this.waitFor(caller, request);
    request.caller = caller;
    return true;
  }

  private async waitFor(caller: Promise<Caller>, request: Request): Promise<true> {
    try {
      request.caller = await caller;
      return true;
    } catch (error) {
      if (isAppError(error, 'invalid_api_key')) await countFailedAuthentication(this.limiter, request);
      throw error;
    }
  }
}
