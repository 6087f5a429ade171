import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Request } from 'express';
import { Observable } from 'rxjs';
import { actingAs, type Actor } from '#libs/audit';

/** Methods that change nothing (RFC 9110 §9.2.1): there is nothing to note. */
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whatever a request changes is noted in the name of its key. */
@Injectable()
export class ActorInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Request>();
    const { caller } = request;
    if (!caller || safeMethods.has(request.method)) return next.handle();
    const actor: Actor = {
      kind: caller.kind,
      keyId: caller.keyId,
      requestId: typeof request.id === 'string' ? request.id : null,
    };
    return new Observable((subscriber) => actingAs(actor, () => next.handle().subscribe(subscriber)));
  }
}
