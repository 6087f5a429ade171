import { Catch, NotFoundException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AppError } from '#libs/errors';
import { answerError } from './answer-error.js';
import { isClientGone } from '../http/client-gone.js';
import { errorAnswer, isDefect, isUnavailable } from './error-answer.js';
import { RouteTable } from './route-table.js';

/** Not `request.path`, which is relative to the router that answers unknown routes. */
const pathOf = (request: Request): string => request.originalUrl.split('?', 1)[0] ?? '';

/** The only exception filter. It answers every error of a request by the failure table. */
@Catch()
export class EveryErrorFilter implements ExceptionFilter {
  constructor(private readonly routes: RouteTable) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    await this.answer(error, http.getRequest<Request>(), http.getResponse<Response>());
  }

  /** Answers an error, also one from outside Nest. Never rejects. */
  async answer(error: unknown, request: Request, response: Response): Promise<void> {
    if (isClientGone(error, response)) {
      response.destroy();
      return;
    }
    const methods = error instanceof NotFoundException ? this.routes.methodsOf(pathOf(request)) : [];
    const isOtherMethod = methods.length > 0 && !methods.includes(request.method);
    const failure = isOtherMethod ? AppError.of('method_not_allowed') : error;
    if (isDefect(failure)) request.report(failure, 'request failed');
    if (isUnavailable(failure)) request.unavailable = failure;
    if (isOtherMethod) response.setHeader('Allow', methods.join(', '));
    await answerError(request, response, errorAnswer(failure));
  }
}
