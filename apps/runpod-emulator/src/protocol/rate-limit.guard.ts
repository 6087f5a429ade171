import { HttpException, Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { countRequest, type RateWindow } from './rate-window.js';

/** Requests per 10 s and endpoint (https://docs.runpod.io/serverless/endpoints/send-requests#rate-limits-and-quotas). */
const rateLimits = { run: 1000, status: 2000, cancel: 100, 'purge-queue': 2 } as const;

export type LimitedOperation = keyof typeof rateLimits;

const operationMetadata = 'runpod:operation';

/** Applies RunPod's limit of this operation to a route. */
export const RateLimited = (operation: LimitedOperation): MethodDecorator => SetMetadata(operationMetadata, operation);

@Injectable()
export class RateLimitGuard implements CanActivate {
  private readonly windows = new Map<string, RateWindow>();

  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const operation = this.reflector.get<LimitedOperation | undefined>(operationMetadata, context.getHandler());
    if (operation === undefined) return true;
    const { endpoint } = context.switchToHttp().getRequest<Request<{ endpoint: string }>>().params;
    const key = `${endpoint}/${operation}`;
    const decision = countRequest(this.windows.get(key), Date.now(), rateLimits[operation]);
    this.windows.set(key, decision.window);
    if (!decision.admitted) throw new HttpException('Too Many Requests', 429);
    return true;
  }
}
