import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { PartnersService } from '#libs/partners';
import { AppError } from '#libs/errors';
import { adminOnlyKey, ofKeyKey } from './access.decorators.js';

/** 403: rejects keys that may not use the route, and finds the partner that the URL names, or that the key belongs to. */
@Injectable()
export class PartnerGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly partners: PartnersService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<true> {
    const request = context.switchToHttp().getRequest<Request>();
    const { caller } = request;
    if (!caller) return true;
    const places = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(adminOnlyKey, places)) {
      if (caller.kind !== 'admin') throw AppError.of('access_denied');
      return true;
    }
    if (this.reflector.getAllAndOverride<boolean>(ofKeyKey, places)) {
      if (caller.kind === 'admin') throw AppError.of('access_denied');
      request.partner = { id: caller.partnerId, name: caller.partnerName };
      return true;
    }
    const name = request.params['partner'];
    if (typeof name !== 'string') return true;
    if (caller.kind === 'admin') {
      request.partner = await this.partners.find(name);
      return true;
    }
    // The same answer whether or not the other partner exists.
    if (caller.partnerName !== name) throw AppError.of('access_denied');
    request.partner = { id: caller.partnerId, name };
    return true;
  }
}
