import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { AppError } from '#libs/errors';

/** What a key may consist of. */
export const keyFormat = /^[\x20-\x7e]{1,255}$/;

export const invalidKey = (): AppError =>
  AppError.field('Idempotency-Key', 'Idempotency-Key must be 1 to 255 printable ASCII characters');

/** Returns the `Idempotency-Key` of a POST. Other methods, and routes without an API key, ignore the header. */
export function idempotencyKeyOf({ method, caller, headers }: Request): string | undefined {
  const key = headers['idempotency-key'];
  return method === 'POST' && caller && typeof key === 'string' ? key : undefined;
}

/** Returns the partner whose keys a request uses; null for operators' own routes. */
export function partnerIdOf({ partner, caller }: Request): string | null {
  return partner?.id ?? (caller?.kind === 'partner' ? caller.partnerId : null);
}

/** 422: checks the `Idempotency-Key` before the body is read, whose file is hashed only if there is a key. */
@Injectable()
export class IdempotencyKeyGuard implements CanActivate {
  canActivate(context: ExecutionContext): true {
    const request = context.switchToHttp().getRequest<Request>();
    const key = idempotencyKeyOf(request);
    if (key === undefined) return true;
    if (!keyFormat.test(key)) throw invalidKey();
    request.idempotencyKey = key;
    return true;
  }
}
