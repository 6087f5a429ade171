import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { AppError } from '#libs/errors';
import { errorAnswer } from './error-answer.js';

const maxDiscardedBytes = 16 * 1024 ** 2;
const maxDiscardMs = 5_000;

/**
 * Answers what is no HTTP request Node could read (headers without end, broken framing) in the one shape of errors.
 *
 * As with early answers, what still comes is read and forgotten for a while: closing at once would reset the connection,
 * and the reset can overtake the answer.
 */
export function answerBrokenRequests(server: Server): void {
  const answers = new WeakMap<Socket, ServerResponse>();
  const told = new WeakSet<Socket>();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    answers.set(request.socket, response);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (told.has(socket)) return; // every further piece of a broken request is one more error
    // Words of ours in the middle of another answer would be taken for a part of it.
    const answer = answers.get(socket);
    const isAnswering = answer !== undefined && answer.headersSent && !answer.closed;
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswering) {
      socket.destroy();
      return;
    }
    told.add(socket);
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

/** There is no response object for what is no request: the answer is written by hand. */
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
