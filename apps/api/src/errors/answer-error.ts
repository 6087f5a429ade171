import { setImmediate } from 'node:timers/promises';
import type { Request, Response } from 'express';
import { discardBody, isBodyPending } from '../server/discard-body.js';
import type { ErrorAnswer } from './error-answer.js';

/** Headers that belong to the successful answer which is not sent. */
const headersOfSuccess = [
  'Accept-Ranges',
  'Content-Disposition',
  'Content-Encoding',
  'Content-Length',
  'ETag',
  'Link',
  'Location',
];

/**
 * Answers with a failure, also while the body is still arriving.
 *
 * In that case the whole answer is written at once, with its length, so that the client can read it. The answer ends, and
 * with it the connection, only after the rest of the body has been discarded.
 *
 * If an answer has already started, the connection is cut, so that no client takes that answer for complete.
 */
export async function answerError(request: Request, response: Response, answer: ErrorAnswer): Promise<void> {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  // A small body arrives together with its headers, but the parser reports its end one turn later.
  if (isBodyPending(request)) await setImmediate();
  const text = Buffer.from(JSON.stringify(answer.body));
  for (const name of headersOfSuccess) response.removeHeader(name);
  response.statusCode = answer.status;
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('Content-Length', text.length);
  for (const [name, value] of Object.entries(answer.headers)) {
    // The queues board has set its own `WWW-Authenticate`, for browsers.
    if (!response.hasHeader(name)) response.setHeader(name, value);
  }
  if (!isBodyPending(request)) {
    response.end(text);
    return;
  }
  response.setHeader('Connection', 'close');
  response.write(text);
  await discardBody(request);
  response.end();
}
