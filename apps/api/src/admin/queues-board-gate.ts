import type { Request, RequestHandler, Response } from 'express';
import type { Authenticator, FailedAuthentications } from '#libs/auth';
import { AppError, isAppError } from '#libs/errors';
import type { JobQueues } from '#libs/jobs';
import { basicPassword } from '../access/credentials.js';
import { networkOf } from '../http/client-address.js';
import type { EveryErrorFilter } from '../errors/every-error.filter.js';

/** Like that of other pages, but the board may set its base URL, to which its links are relative. */
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
  readonly failed: FailedAuthentications;
  readonly queues: Pick<JobQueues, 'ready'>;
  readonly errors: EveryErrorFilter;
}

/**
 * Admits holders of an admin key to the board. The key is in `X-Api-Key` or, for browsers, the password of HTTP Basic with
 * any user. A key in the URL is not accepted, because browsers store URLs and people share them.
 *
 * Browsers add Basic credentials to requests of any page. Only GET and HEAD pass, so no page can forge a change.
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
  // Bull's calls never settle while Redis is unreachable. The page itself needs no Redis.
  if (request.path.startsWith('/api/') && !parts.queues.ready()) {
    throw AppError.of('unavailable', { causeCode: 'redis_unreachable' });
  }
}

async function authenticate(parts: QueuesBoardGateParts, request: Request, response: Response): Promise<void> {
  const header = request.headers['x-api-key'];
  const sent = typeof header === 'string' ? header : basicPassword(request.headers.authorization);
  try {
    request.caller = await parts.authenticator.authenticate(sent, () =>
      parts.failed.tooManyOf(() => networkOf(request)),
    );
  } catch (error) {
    if (!isAppError(error, 'invalid_api_key')) throw error;
    response.setHeader('WWW-Authenticate', 'Basic realm="Timbre queues", charset="UTF-8"');
    // Browsers first ask without a key, to learn that they need one. That does not count as a failure.
    if (sent !== undefined) await parts.failed.count(networkOf(request));
    throw error;
  }
  if (request.caller.kind !== 'admin') throw AppError.of('access_denied');
}
