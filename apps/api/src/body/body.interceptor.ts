import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { defer, lastValueFrom, type Observable } from 'rxjs';
import { removeUpload } from '../uploads/remove-upload.js';
import { BodyReader } from './body-reader.js';
import { bodyRuleKey, type BodyRule } from './body-rule.js';
import { refuseLostInput } from './known-fields.js';

/**
 * Reads the body of routes that take one, after every guard has let the request pass and before its parameters are
 * checked. A file that nobody stored is removed, whatever becomes of the request.
 */
@Injectable()
export class BodyInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly reader: BodyReader,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const rule = this.reflector.get<BodyRule>(bodyRuleKey, context.getHandler());
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const received = await this.reader.read(request, http.getResponse<Response>(), rule);
    request.received = received;
    const { file } = received;
    if (file === null) {
      refuseLostInput(received, rule);
      return next.handle();
    }
    return defer(async () => {
      try {
        refuseLostInput(received, rule);
        const answer: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
        return answer;
      } finally {
        await removeUpload(file);
      }
    });
  }
}
