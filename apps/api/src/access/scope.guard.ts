import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { AppError } from '#libs/errors';

/** Methods that change nothing (RFC 9110 §9.2.1). */
const reading: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** 403: rejects keys that lack the scope of the method: `read` for GET and HEAD, `write` for all others. */
@Injectable()
export class ScopeGuard implements CanActivate {
  canActivate(context: ExecutionContext): true {
    const { caller, method } = context.switchToHttp().getRequest<Request>();
    if (caller?.kind !== 'partner') return true;
    const needed = reading.has(method) ? 'read' : 'write';
    if (caller.scopes.includes(needed)) return true;
    throw AppError.saying('scope_missing', `The API key lacks the scope "${needed}"`);
  }
}
