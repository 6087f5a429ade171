import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { AppError } from '#libs/errors';
import { ClientGone } from '../http/client-gone.js';

/** The most a whole body may have, parts that nobody wants included. */
export interface BodyLimit {
  readonly maxBytes: number;
  readonly failure: AppError;
}

/** A body on its way in. It can be destroyed without closing the connection the answer has to go out on. */
export type IncomingBody = PassThrough & { readonly headers: IncomingHttpHeaders };

/**
 * Begins to read the body of a request; says "go on" to a client that waits for it.
 *
 * @param idleSeconds how long the client may send nothing. Waiting for a slow reader of ours does not count.
 * @returns a stream that ends with the body, or is destroyed with AppError `upload_timed_out`, the limit's failure or
 *   {@link ClientGone}
 */
export function openBody(
  request: IncomingMessage,
  response: ServerResponse,
  idleSeconds: number,
  limit?: BodyLimit,
): IncomingBody {
  if (request.headers.expect?.toLowerCase() === '100-continue') response.writeContinue();
  const body = Object.assign(new PassThrough({ highWaterMark: 1024 ** 2 }), { headers: request.headers });

  let timer: NodeJS.Timeout | undefined;
  const restart = () => {
    clearTimeout(timer);
    timer = setTimeout(stalled, idleSeconds * 1000);
  };
  const stalled = () => {
    if (body.writableNeedDrain) restart();
    else body.destroy(AppError.of('upload_timed_out'));
  };
  const gone = () => {
    if (!request.readableEnded) body.destroy(new ClientGone());
  };

  let leftBytes = limit?.maxBytes ?? Infinity;
  const count = (chunk: Buffer) => {
    leftBytes -= chunk.length;
    if (leftBytes < 0) body.destroy(limit?.failure);
    else restart();
  };

  request.on('data', count);
  request.once('close', gone).once('error', gone);
  body.once('close', () => {
    clearTimeout(timer);
    request.off('data', count).off('close', gone);
    request.unpipe(body);
  });
  body.once('finish', () => clearTimeout(timer));
  restart();
  request.pipe(body);
  if (request.destroyed) gone();
  return body;
}
