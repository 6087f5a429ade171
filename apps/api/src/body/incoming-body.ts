import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { AppError } from '#libs/errors';
import { ClientGone } from '../http/client-gone.js';

/** Limit of a whole body, skipped parts included. */
export interface BodyLimit {
  readonly maxBytes: number;
  readonly failure: AppError;
}

/** How fast a body must arrive. */
export interface UploadPace {
  readonly uploadIdleSeconds: number;
  readonly minBytesPerSecond: number;
}

/** A body that is arriving. Destroying it keeps the connection open, so that the request can still be answered. */
export type IncomingBody = PassThrough & { readonly headers: IncomingHttpHeaders };

/** Whether the headers announce a body (RFC 9112 §6.3). */
export function hasBody(request: IncomingMessage): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && Number(length) !== 0);
}

/** Returns the media type of a Content-Type header in lower case, without its parameters. `''` if there is no header. */
export function mediaType(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/**
 * Starts to read the body of a request. Sends `100 Continue` if the client waits for it.
 *
 * A client that sends less than the minimum rate for `uploadIdleSeconds` counts as stalled; otherwise one byte now and
 * then would hold a connection for ever. Time in which our own reader is too slow does not count.
 *
 * @returns a stream that ends with the body, or is destroyed with AppError `upload_timed_out`, the limit's failure or
 *   {@link ClientGone}
 */
export function openBody(
  request: IncomingMessage,
  response: ServerResponse,
  pace: UploadPace,
  limit?: BodyLimit,
): IncomingBody {
  if (request.headers.expect?.toLowerCase() === '100-continue') response.writeContinue();
  const body = Object.assign(new PassThrough({ highWaterMark: 1024 ** 2 }), { headers: request.headers });

  const enoughBytes = pace.minBytesPerSecond * pace.uploadIdleSeconds;
  let movedBytes = 0;
  let timer: NodeJS.Timeout | undefined;
  const restart = () => {
    movedBytes = 0;
    clearTimeout(timer);
    timer = setTimeout(stalled, pace.uploadIdleSeconds * 1000);
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
    movedBytes += chunk.length;
    if (leftBytes < 0) body.destroy(limit?.failure);
    else if (movedBytes >= enoughBytes) restart();
  };

  request.on('data', count);
  request.once('close', gone).once('error', gone);
  body.once('close', () => {
    clearTimeout(timer);
    request.off('data', count).off('close', gone);
    request.unpipe(body);
  });
  body.once('finish', () => clearTimeout(timer)).on('drain', restart);
  restart();
  request.pipe(body);
  if (request.destroyed) gone();
  return body;
}
