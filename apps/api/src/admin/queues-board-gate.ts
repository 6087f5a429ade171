import type { Request, RequestHandler, Response } from 'express';
import type { Authenticator, RateLimiter } from '#libs/auth';
import { AppError, isAppError } from '#libs/errors';
import type { JobQueues } from '#libs/jobs';
import { basicPassword } from '../access/basic-password.js';
import { countFailedAuthentication } from '../access/failed-authentications.js';
import type { EveryErrorFilter } from '../http/every-error.filter.js';

/** As elsewhere, and the page may name its own base: the board's links are relative to it. Nothing is asked of others. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "base-uri 'self'",
  "frame-ancestors 'none'",
  "form-action 'none'",
  "object-src 'none'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
].join(';');

export interface QueuesBoardGateParts {
  readonly authenticator: Authenticator;
  readonly limiter: RateLimiter;
  readonly queues: Pick<JobQueues, 'ready'>;
  readonly errors: EveryErrorFilter;
}

/**
 * Who may see the board: bearers of an admin key, in `X-Api-Key` or, for browsers, as the password of HTTP Basic with any
 * user. A key in the URL is not taken: URLs of pages are kept and shared.
 *
 * Browsers send Basic credentials by themselves, whoever's page asks; so nothing but GET and HEAD passes, and there is
 * nothing to forge.
 */
export function queuesBoardGate(parts: QueuesBoardGateParts): RequestHandler {
  return (request, response, next) => {
    response.setHeader('Content-Security-Policy', contentSecurityPolicy);
    response.setHeader('Cache-Control', 'private, no-store');
    admit(parts, request, response).then(
      () => next(),
      (error: unknown) => parts.errors.answer(error, request, response),
    );
  };
}

async function admit(parts: QueuesBoardGateParts, request: Request, response: Response): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    throw AppError.of('method_not_allowed');
  }
  await authenticate(parts, request, response);
  // Bull's calls never settle while Redis is away; the page itself needs none.
  if (request.path.startsWith('/api/') && !parts.queues.ready()) throw AppError.of('unavailable');
}

async function authenticate(parts: QueuesBoardGateParts, request: Request, response: Response): Promise<void> {
  const header = request.headers['x-api-key'];
  const sent = typeof header === 'string' ? header : basicPassword(request.headers.authorization);
  try {
    request.caller = await parts.authenticator.authenticate(sent);
  } catch (error) {
    if (!isAppError(error, 'invalid_api_key')) throw error;
    response.setHeader('WWW-Authenticate', 'Basic realm="Timbre queues", charset="UTF-8"');
    // A browser asks without a key first, to learn that it needs one.
    if (sent !== undefined) await countFailedAuthentication(parts.limiter, request);
    throw error;
  }
  if (request.caller.kind !== 'admin') throw AppError.of('access_denied');
}
