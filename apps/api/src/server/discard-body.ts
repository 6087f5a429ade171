import type { IncomingMessage } from 'node:http';
import { hasBody } from '../body/incoming-body.js';

const maxDiscardedBytes = 16 * 1024 ** 2;
const maxDiscardMs = 5_000;

/** Whether a body of this request is still arriving. */
export function isBodyPending(request: IncomingMessage): boolean {
  return hasBody(request) && !request.complete && !request.destroyed;
}

/**
 * Reads and discards the rest of a body, up to 16 MiB and for up to 5 s.
 *
 * Closing a socket with unread bytes resets the connection, and the reset can overtake the answer. After 16 MiB the socket
 * is no longer read, which stops the sender, but stays open for the rest of the 5 s.
 *
 * Resolves when the body has ended, the client has left or the time is over. Never rejects.
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
