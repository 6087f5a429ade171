import type { Request, Response } from 'express';

/** The client closed the connection before its request was complete or answered. There is nobody to answer. */
export class ClientGone extends Error {
  constructor() {
    super('The client closed the connection');
    this.name = 'ClientGone';
  }
}

/** Returns a signal that aborts when the client closes the connection early, so that costly work can stop. */
export function whenGone(response: Response): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort(new ClientGone());
  });
  if (response.destroyed) controller.abort(new ClientGone());
  return controller.signal;
}

/** Error codes of streams whose other end has closed. */
const closedCodes: ReadonlySet<unknown> = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'EPIPE', 'ECONNRESET']);

/** Whether a request failed because its client closed the connection. This is not worth a report. */
export function isClientGone(error: unknown, response: Response): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof ClientGone || error.cause instanceof ClientGone) return true;
  return response.destroyed && 'code' in error && closedCodes.has(error.code);
}

/**
 * Returns the error handler of a stream that is sent as an answer.
 *
 * Before the answer has started, the error is thrown. Afterwards the pipeline has cut the connection, so that no client
 * takes the bytes for a complete answer; the error is reported, unless the client left.
 */
export function failedMidway(request: Request, response: Response): (error: unknown) => void {
  return (error) => {
    if (!response.headersSent) throw error;
    if (!isClientGone(error, response)) request.report(error, 'answer broke off');
  };
}
