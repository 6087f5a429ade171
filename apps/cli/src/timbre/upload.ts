import { randomUUID } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ApiFailure, type Connection } from '#libs/client';
import type { MultipartBody } from './multipart.js';
import type { Patience } from './patience.js';

export interface UploadOptions {
  readonly patience: Patience;
  readonly signal: AbortSignal;
  /** Called with the bytes that were handed to the connection. */
  readonly onBytes: (sent: number) => void;
}

/** How long to wait for `100 Continue`, which not every proxy sends, as curl does. */
const continueMs = 1000;

/**
 * Sends a form with a file, again if the connection is lost. Returns the body of the answer.
 *
 * Not with `fetch`: in Node 20 it reads the whole file into memory, it does not say how much was sent, and it cannot
 * wait for `100 Continue`, by which a body that is refused need not be sent.
 *
 * @throws ApiFailure if Timbre refuses it or cannot be reached
 */
export async function upload<Answer>(
  connection: Connection,
  path: string,
  body: MultipartBody,
  { patience, signal, onBytes }: UploadOptions,
): Promise<Answer> {
  const headers = {
    'X-Api-Key': connection.key,
    'Idempotency-Key': randomUUID(),
    'Content-Type': body.contentType,
    'Content-Length': body.length,
    Accept: 'application/json',
    Expect: '100-continue',
  };
  const response = await patience
    .try('POST', () => sendOnce(new URL(connection.origin + path), { headers, signal }, body, onBytes))
    .catch((error: unknown) => {
      throw isOfConnection(error) ? ApiFailure.unreachable(error) : error;
    });
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw ApiFailure.of(response, answer);
  return answer as Answer;
}

const isOfConnection = (error: unknown): boolean => error instanceof Error && 'code' in error && error.name === 'Error';

/** Sends it once. An answer that comes before the end of the body ends the upload. */
async function sendOnce(
  url: URL,
  options: { readonly headers: http.OutgoingHttpHeaders; readonly signal: AbortSignal },
  body: MultipartBody,
  onBytes: (sent: number) => void,
): Promise<Response> {
  const { request } = url.protocol === 'https:' ? https : http;
  const sending = request(url, { method: 'POST', ...options });
  let isAnswered = false;
  const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
    sending.once('response', resolve).on('error', reject);
  }).finally(() => (isAnswered = true));
  const continued = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, continueMs);
    sending.once('continue', resolve).once('close', () => clearTimeout(timer));
  });
  sending.flushHeaders();
  const counted = async function* (): AsyncGenerator<Buffer> {
    let sent = 0;
    for await (const chunk of body.chunks()) {
      yield chunk;
      onBytes((sent += chunk.length));
    }
  };
  const end = new AbortController();
  const sent = Promise.race([continued, answered])
    .then(() => (isAnswered ? undefined : pipeline(Readable.from(counted()), sending, { signal: end.signal })))
    .catch((error: unknown) => sending.destroy(error as Error));
  const answer = await answered;
  const { statusCode: status = 0, headers } = answer;
  const read = await buffer(answer);
  end.abort();
  await sent;
  sending.destroy();
  const kept = Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return new Response(new Uint8Array(read), { status, headers: kept });
}
