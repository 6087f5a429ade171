import { setImmediate } from 'node:timers/promises';
import type { Request, Response } from 'express';
import { discardBody, isBodyPending } from './discard-body.js';
import type { ErrorAnswer } from './error-answer.js';

/** Headers that speak of an answer which is not given after all. */
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
 * Answers with a failure, also while the body is still coming in.
 *
 * A body on its way: the whole answer is written with its length, so that the client has it, and the answer is ended,
 * which closes the connection, only after what still comes has been discarded.
 *
 * An answer that has begun cannot become another one: its connection is cut, so that nobody takes it for whole.
 */
export async function answerError(request: Request, response: Response, answer: ErrorAnswer): Promise<void> {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  // A small body arrives with its headers, but its end is known only after the parser has seen it.
  if (isBodyPending(request)) await setImmediate();
  const text = Buffer.from(JSON.stringify(answer.body));
  for (const name of headersOfSuccess) response.removeHeader(name);
  response.statusCode = answer.status;
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('Content-Length', text.length);
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  if (!isBodyPending(request)) {
    response.end(text);
    return;
  }
  response.setHeader('Connection', 'close');
  response.write(text);
  await discardBody(request);
  response.end();
}
