import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { AppError } from '#libs/errors';
import { errorAnswer } from '../errors/error-answer.js';

const maxDiscardedBytes = 16 * 1024 ** 2;
const maxDiscardMs = 5_000;

/**
 * Answers requests that Node cannot parse (endless headers, broken framing) with the same JSON as all other errors.
 *
 * As in `discardBody`, the rest of the request is read and discarded for a while. Closing the socket at once would reset
 * the connection, and the reset can overtake the answer.
 */
export function answerBrokenRequests(server: Server): void {
  const answers = new WeakMap<Socket, ServerResponse>();
  const answered = new WeakSet<Socket>();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    answers.set(request.socket, response);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (answered.has(socket)) return; // each further chunk of a broken request emits the event again
    // In the middle of another answer, the client would take ours for a part of it.
    const answer = answers.get(socket);
    const isAnswering = answer !== undefined && answer.headersSent && !answer.closed;
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswering) {
      socket.destroy();
      return;
    }
    answered.add(socket);
    socket.end(answerText(failureOf(error)));
    discard(socket);
  });
}

function failureOf({ code }: NodeJS.ErrnoException): AppError {
  if (code === 'HPE_HEADER_OVERFLOW') return AppError.of('headers_too_large');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return AppError.of('upload_timed_out');
  return AppError.saying('malformed_request', 'The request is no valid HTTP');
}

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

/** Node creates no ServerResponse for a request it cannot parse, so the raw response is written here. */
function answerText(failure: AppError): string {
  const { status, body } = errorAnswer(failure);
  const text = JSON.stringify(body);
  const headers = [
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Connection: close',
    `X-Request-Id: ${randomUUID()}`,
  ];
  return [`HTTP/1.1 ${status} ${reasons[status] ?? ''}`, ...headers, '', text].join('\r\n');
}

function discard(socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(), maxDiscardMs);
  const start = socket.bytesRead;
  const sweep = (): void => {
    if (socket.bytesRead - start > maxDiscardedBytes) socket.pause();
  };
  socket.on('data', sweep).once('end', () => socket.destroy());
  socket.once('close', () => clearTimeout(timer));
  socket.resume();
}
