import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { AppError, type FixedFailureCode } from '#libs/errors';
import type { ObjectStorage } from '#libs/storage';
import { fileAnswer, type FileFacts } from './file-answer.js';

export interface SentObject extends FileFacts {
  readonly key: string;
  readonly contentType: string;
  readonly disposition: string;
}

/**
 * Answers with an object of the storage: whole or a range of it, or that the client has it already.
 *
 * The bytes stream; a client that goes away frees the reader at once.
 *
 * @param missing what to say when the row still names an object that is no longer there
 */
export async function sendObject(
  request: Request,
  response: Response,
  storage: ObjectStorage,
  object: SentObject,
  missing: FixedFailureCode,
): Promise<void> {
  const answer = fileAnswer(request.method, request.headers, object);
  if (answer.status === 416) {
    response.setHeader('Content-Range', answer.headers['Content-Range'] ?? '');
    throw AppError.of('range_not_satisfiable');
  }
  const { body } = answer;
  const bytes = body === null ? null : await storage.read(object.key, body === 'whole' ? undefined : body);
  if (body !== null && bytes === null) throw AppError.of(missing);
  response.status(answer.status).set(answer.headers);
  if (answer.status !== 304) {
    response.set({ 'Content-Type': object.contentType, 'Content-Disposition': object.disposition });
  }
  if (bytes === null) response.end();
  else await pipeline(bytes, response).catch(failedMidway(request, response));
}

/**
 * A stream that broke after its answer had begun: the connection is cut by the pipeline, so nobody takes the bytes for
 * whole. That the client went away is nothing to report.
 */
export function failedMidway(request: Request, response: Response): (error: unknown) => void {
  return (error) => {
    if (!response.headersSent) throw error;
    if (!isPrematureClose(error)) request.log.error({ err: error }, 'an answer broke off');
  };
}

function isPrematureClose(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'EPIPE' || code === 'ECONNRESET';
}
