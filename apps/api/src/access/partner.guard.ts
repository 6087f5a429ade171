import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { ApiKeysService } from '#libs/auth';
import { AppError } from '#libs/errors';
import { adminOnlyKey } from './admin-only.decorator.js';

/** 403: may this key do this? And whose voices is it about? */
@Injectable()
export class PartnerGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly keys: ApiKeysService,
  ) {}

  canActivate(context: ExecutionContext): true | Promise<true> {
    const request = context.switchToHttp().getRequest<Request>();
    const { caller } = request;
    if (!caller) return true;
    if (this.reflector.getAllAndOverride<boolean>(adminOnlyKey, [context.getHandler(), context.getClass()])) {
      if (caller.kind !== 'admin') throw AppError.of('access_denied');
      return true;
    }
    const name = request.params['partner'];
    if (typeof name !== 'string') return true;
    if (caller.kind === 'admin') return this.find(request, name);
    // One answer, whether or not the other partner exists.
    if (caller.partnerName !== name) throw AppError.of('access_denied');
    request.partner = { id: caller.partnerId, name };
    return true;
  }

  private async find(request: Request, name: string): Promise<true> {
    request.partner = await this.keys.partner(name);
    return true;
  }
}
