import type { IncomingMessage } from 'node:http';

const maxDiscardedBytes = 16 * 1024 ** 2;
const maxDiscardMs = 5_000;

/** Does the request say that it has a body? (RFC 9112 §6.3) */
export function hasBody(request: IncomingMessage): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && Number(length) !== 0);
}

/** Is a body of this request still on its way? */
export function isBodyPending(request: IncomingMessage): boolean {
  return hasBody(request) && !request.complete && !request.destroyed;
}

/**
 * Reads and forgets what a client still sends, up to 16 MiB or 5 s.
 *
 * Closing a socket with unread bytes resets the connection, and the reset can overtake the answer on its way to the
 * client. After 16 MiB the socket is no longer read, which stops the sender, and stays open for the rest of the 5 s.
 *
 * Resolves when the body has ended, the client has gone or the time is over; never rejects.
 */
export function discardBody(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let leftBytes = maxDiscardedBytes;
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(done, maxDiscardMs);
    request.on('data', (chunk: Buffer) => {
      leftBytes -= chunk.length;
      if (leftBytes < 0) request.pause();
    });
    request.once('end', done).once('close', done).once('error', done);
    if (request.destroyed || request.readableEnded) done();
    request.resume();
  });
}
