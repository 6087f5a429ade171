import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import { defer, lastValueFrom, type Observable } from 'rxjs';
import { AppError } from '#libs/errors';
import { IdempotentRequests, type KeptAnswer } from '#libs/idempotency';
import { errorAnswer } from '../errors/error-answer.js';
import { whenGone } from '../http/client-gone.js';
import { partnerIdOf } from './idempotency-key.guard.js';
import { requestFingerprint } from './request-fingerprint.js';

/** How long a copy waits for the answer of the first request, before it is refused. */
const waitMs = 5_000;

/**
 * Processes a POST with an `Idempotency-Key` once, and gives its answer to all copies. Runs after `BodyInterceptor`, because
 * the body is compared, and before pipes and handler.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly requests: IdempotentRequests) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const { idempotencyKey: key } = request;
    if (key === undefined) return next.handle();
    return defer(() => this.answer(key, request, http.getResponse<Response>(), next));
  }

  private async answer(key: string, request: Request, response: Response, next: CallHandler): Promise<unknown> {
    const { method, path, query } = request;
    const body: unknown = request.body;
    const headersBefore = new Set(response.getHeaderNames());
    const asked = {
      key,
      partnerId: partnerIdOf(request),
      voiceId: request.voice?.id ?? null,
      fingerprint: requestFingerprint({ method, path, query, body }),
      waitMs,
      signal: whenGone(response),
    };
    const { answer, isReplayed } = await this.requests.answer(asked, {
      run: async () => {
        if (request.voiceIsGone === true) throw AppError.of('voice_not_found');
        const result: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
        return { status: response.statusCode, headers: headersSince(headersBefore, response), body: result };
      },
      keptFailure,
    });
    if (isReplayed) {
      request.isReplayed = true;
      replay(answer, response);
    }
    return answer.body;
  }
}

/** Returns the headers that the route has set, for example `Location`. */
function headersSince(before: ReadonlySet<string>, response: Response): Record<string, string> {
  const names = response.getHeaderNames().filter((name) => !before.has(name));
  return Object.fromEntries(names.map((name) => [name, String(response.getHeader(name))]));
}

function replay({ status, headers }: KeptAnswer, response: Response): void {
  response.status(status).set(headers).setHeader('Idempotent-Replayed', 'true');
}

/** Refusals by the state of things: 404 for what is inside a voice, 409. */
const keptStatuses: ReadonlySet<number> = new Set([404, 409]);

/**
 * Returns the answer to a failure as it is kept for an idempotency key, or null.
 *
 * Not kept: what was wrong with the request itself, so that it can be corrected (400, 413, 422), and what may pass (401,
 * 403, 408, 429, 5xx). Such a request has changed nothing.
 */
function keptFailure(error: unknown): KeptAnswer | null {
  if (!(error instanceof AppError) || !keptStatuses.has(error.status) || error.retryable) return null;
  const { status, headers, body } = errorAnswer(error);
  return { status, headers, body };
}
