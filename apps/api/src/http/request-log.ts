import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from '#libs/logging';
import { clientAddress } from '../access/client-address.js';
import { redactUrl } from './redact-url.js';
import { requestIdFrom } from './request-id.js';

/**
 * Names every request and writes one line for each answer: who asked what, what came of it, how long it took.
 *
 * Headers and bodies are never logged, URLs only without their secrets. Health checks are lines of level debug, and so
 * are objects of signed URLs, which the GPU side reads and writes dozens of for a voice, unless they are refused.
 */
export function requestLog(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    const id = requestIdFrom(request.headers['x-request-id']);
    request.id = id;
    request.report = (error, what) => logger.error({ request_id: id, err: error }, what);
    response.setHeader('X-Request-Id', id);
    // Asked for now: of a connection that was cut nothing can be told any more.
    const address = clientAddress(request);
    response.once('close', () => {
      const url = redactUrl(request.originalUrl);
      const [path = ''] = url.split('?', 1);
      logger[levelOf(path, response)](
        {
          request_id: id,
          req: { method: request.method, url, address },
          ...callerLine(request),
          ...workLine(request),
          res: { status: response.statusCode },
          duration_ms: Math.round(performance.now() - startedAt),
        },
        'request answered',
      );
    });
    next();
  };
}

function levelOf(path: string, { statusCode }: Response): 'error' | 'debug' | 'info' {
  if (statusCode >= 500) return 'error';
  if (path.startsWith('/api/health/')) return 'debug';
  return path.startsWith('/api/objects/') && statusCode < 400 ? 'debug' : 'info';
}

function callerLine({ caller }: Request): object | undefined {
  if (!caller) return undefined;
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
