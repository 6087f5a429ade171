import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request } from 'express';
import { pinoHttp, type HttpLogger } from 'pino-http';
import type { Logger } from '#libs/logging';
import { clientAddress } from '../access/client-address.js';
import { redactUrl } from './redact-url.js';
import { requestIdFrom } from './request-id.js';

/**
 * Names every request and writes one line for each answer: who asked what, what came of it, how long it took.
 *
 * Headers and bodies are never logged, URLs only without their secrets. Health checks are lines of level debug.
 */
export function requestLog(logger: Logger): HttpLogger<IncomingMessage, ServerResponse> {
  return pinoHttp<IncomingMessage, ServerResponse>({
    logger,
    genReqId: (request, response) => {
      const id = requestIdFrom(request.headers['x-request-id']);
      response.setHeader('X-Request-Id', id);
      return id;
    },
    wrapSerializers: false,
    serializers: { req: requestLine, res: (response: ServerResponse) => ({ status: response.statusCode }) },
    quietReqLogger: true,
    customAttributeKeys: { reqId: 'request_id', responseTime: 'duration_ms' },
    customProps: (request) => ({ ...callerLine(request as Request), ...workLine(request as Request) }),
    customLogLevel: (request, response) => {
      if (response.statusCode >= 500) return 'error';
      return pathOf(request).startsWith('/api/health/') ? 'debug' : 'info';
    },
    customSuccessMessage: (request, response) => `${request.method} ${pathOf(request)} ${response.statusCode}`,
    customErrorMessage: (request, response) => `${request.method} ${pathOf(request)} ${response.statusCode}`,
    customErrorObject: (_request, _response, _error, line: object) => ({ ...line, err: undefined }),
  });
}

const urlOf = (request: IncomingMessage): string => redactUrl((request as Request).originalUrl ?? request.url ?? '');

const pathOf = (request: IncomingMessage): string => urlOf(request).split('?', 1)[0] ?? '';

function requestLine(request: IncomingMessage): object {
  return { method: request.method, url: urlOf(request), address: clientAddress(request as Request) };
}

function callerLine(request: Request): object {
  const caller = request.caller;
  if (!caller) return {};
  return caller.kind === 'admin' ? { caller: 'admin' } : { caller: caller.partnerName, key_id: caller.keyId };
}

/** Which voice it was about and which jobs came of it: by these ids the worker's lines are found. */
function workLine({ voice, madeJobs = [], traceId }: Request): object {
  const voiceId = voice?.id ?? madeJobs[0]?.voiceId;
  return {
    ...(voiceId !== undefined && { voice: voiceId }),
    ...(madeJobs.length > 0 && { jobs_made: madeJobs.map(({ id }) => id) }),
    ...(traceId !== undefined && { trace_id: traceId }),
  };
}
