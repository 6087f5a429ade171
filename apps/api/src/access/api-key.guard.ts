import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { Authenticator, FailedAuthentications } from '#libs/auth';
import { isAppError } from '#libs/errors';
import { networkOf } from '../http/client-address.js';
import { ofKeyKey, publicKey } from './access.decorators.js';
import { sentKey } from './credentials.js';

/**
 * 401: authenticates the caller.
 *
 * Failures count against the client's network, so that keys cannot be guessed.
 */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly failed: FailedAuthentications,
  ) {}

  async canActivate(context: ExecutionContext): Promise<true> {
    const places = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(publicKey, places)) return true;
    const request = context.switchToHttp().getRequest<Request>();
    const asBearer = this.reflector.getAllAndOverride<boolean | undefined>(ofKeyKey, places) ?? false;
    try {
      request.caller = await this.authenticator.authenticate(sentKey(request, { asBearer }), () =>
        this.failed.tooManyOf(() => networkOf(request)),
      );
      return true;
    } catch (error) {
      if (isAppError(error, 'invalid_api_key')) await this.failed.count(networkOf(request));
      throw error;
    }
  }
}
