import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { Database } from '#libs/database';
import { refuseOverQuota } from '#libs/usage';

/**
 * 403: rejects an upload before its body is read, if a quota of the partner is used up already. Needs no transaction,
 * because the change itself checks again, when it knows the size.
 */
@Injectable()
export class QuotaGuard implements CanActivate {
  constructor(private readonly database: Database) {}

  async canActivate(context: ExecutionContext): Promise<true> {
    const { partner, voice } = context.switchToHttp().getRequest<Request>();
    if (partner === undefined) return true;
    const need = voice === undefined ? { voices: 1 } : {};
    await this.database.run((manager) => refuseOverQuota(manager, partner.id, need));
    return true;
  }
}
