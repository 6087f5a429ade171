import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { ApiKeysService, type Caller } from '#libs/auth';
import { AppError } from '#libs/errors';
import { adminOnlyKey } from './admin-only.decorator.js';
import type { PartnerRef } from './request-context.js';

/** 403: may this key do this? And whose voices is it about? */
@Injectable()
export class PartnerGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly keys: ApiKeysService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    const { caller } = request;
    if (!caller) return true;
    if (this.reflector.getAllAndOverride<boolean>(adminOnlyKey, [context.getHandler(), context.getClass()])) {
      if (caller.kind !== 'admin') throw AppError.of('access_denied');
      return true;
    }
    const name = request.params['partner'];
    if (typeof name === 'string') request.partner = await this.partnerOf(caller, name);
    return true;
  }

  /** A partner's key gets one answer, whether or not the other partner exists. */
  private async partnerOf(caller: Caller, name: string): Promise<PartnerRef> {
    if (caller.kind === 'admin') return this.keys.partner(name);
    if (caller.partnerName !== name) throw AppError.of('access_denied');
    return { id: caller.partnerId, name };
  }
}
