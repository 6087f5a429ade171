import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from '#libs/logging';
import { clientAddress } from './client-address.js';
import { redactUrl } from './redact-url.js';

/**
 * Gives every request an id and writes one log line for each answer: the request, its caller, the outcome, the duration.
 *
 * Headers and bodies are never logged, and URLs only without their secrets. The lines of health checks have level debug.
 * So have objects behind signed URLs, of which the GPU side reads and writes dozens for a voice, unless they are rejected, and
 * the files of the console.
 *
 * An answer that was not sent completely is logged as `request cut`. This is not an error, because clients leave. Its
 * status is the one that was sent, or null. A failure on our side has been reported by then.
 */
export function requestLog(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    const id = requestIdFrom(request.headers['x-request-id']);
    request.id = id;
    request.report = (error, what) => logger.error({ request_id: id, err: error }, what);
    response.setHeader('X-Request-Id', id);
    // Read it now: a closed socket has no remote address.
    const address = clientAddress(request);
    response.once('close', () => {
      const url = redactUrl(request.originalUrl);
      const [path = ''] = url.split('?', 1);
      const isCut = !response.writableFinished;
      logger[levelOf(path, request, response)](
        {
          request_id: id,
          req: { method: request.method, url, address },
          ...callerLine(request),
          ...workLine(request),
          res: { status: isCut && !response.headersSent ? null : response.statusCode },
          ...causeLine(request),
          duration_ms: Math.round(performance.now() - startedAt),
        },
        isCut ? 'request cut' : 'request answered',
      );
    });
    next();
  };
}

/** The characters and the length of an id that is safe in a header, a log line and a shell. */
const safeId = /^[A-Za-z0-9._-]{1,128}$/;

/** Returns the client's `X-Request-Id` if it is safe, otherwise a new UUID. */
export function requestIdFrom(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' && safeId.test(header) ? header : randomUUID();
}

function levelOf(
  path: string,
  { isPartOfPage = false }: Request,
  { statusCode, writableFinished }: Response,
): 'error' | 'debug' | 'info' {
  if (!writableFinished) return 'info';
  if (statusCode >= 500) return 'error';
  if (path.startsWith('/api/health/') || isPartOfPage) return 'debug';
  return path.startsWith('/api/objects/') && statusCode < 400 ? 'debug' : 'info';
}

function callerLine({ caller }: Request): object | undefined {
  if (!caller) return undefined;
  return caller.kind === 'admin' ? { caller: 'admin' } : { caller: caller.partnerName, key_id: caller.keyId };
}

/** Says why a request was answered 503 or 507: the cause, and the internal error behind it. */
function causeLine({ unavailable }: Request): object | undefined {
  if (unavailable === undefined) return undefined;
  const { causeCode = 'other', cause } = unavailable;
  const inner = cause as { readonly code?: unknown; readonly message?: unknown } | undefined;
  const reason = [inner?.code, inner?.message].filter((text) => typeof text === 'string' && text !== '').join(': ');
  return { cause: causeCode, ...(reason !== '' && { reason }) };
}

/** Names the voice and the created jobs, so that the worker's log lines can be found by the same ids. */
function workLine({ voice, madeJobs = [], traceId, isReplayed = false }: Request): object {
  const voiceId = voice?.id ?? madeJobs[0]?.voiceId;
  return {
    ...(voiceId !== undefined && { voice: voiceId }),
    ...(madeJobs.length > 0 && { jobs_made: madeJobs.map(({ id }) => id) }),
    ...(isReplayed && { replayed: true }),
    ...(traceId !== undefined && { trace_id: traceId }),
  };
}
