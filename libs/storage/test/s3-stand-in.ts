import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Bucket, failure, type Answer } from './s3-operations.js';
import { checkSignature, sha256Hex, type SigningKey } from './sigv4.js';

/** A failure that a request gets instead of its response. */
export type Fault =
  | { readonly kind: 'answer'; readonly status: number; readonly code: string }
  /** Closes the connection: without a response, or after this many bytes of its body. */
  | { readonly kind: 'cut'; readonly afterBytes?: number }
  /** Delays the response until `until` resolves. */
  | { readonly kind: 'hold'; readonly until: Promise<void> };

/** Decides which requests fail, by method and by path with query. */
export type Trouble = (method: string, url: string) => Fault | undefined;

/**
 * A strict S3 server in memory, path-style, with one bucket. It verifies every signature (by sigv4.ts, which is tested
 * with AWS' published examples) and every signed payload hash, and enforces S3's rules for parts and deletions.
 *
 * Unlike s3rver it rejects wrong signatures, lists multipart uploads, uses small pages, and fails on demand.
 */
export class S3StandIn {
  readonly kept = new Bucket(7);
  readonly key: SigningKey = { accessKeyId: 'AKIASTANDIN', secretAccessKey: 'the+secret/of=the stand-in' };
  readonly env = { AWS_ACCESS_KEY_ID: this.key.accessKeyId, AWS_SECRET_ACCESS_KEY: this.key.secretAccessKey };
  /** Every request with a valid signature, as `METHOD path?query`. */
  readonly requests: string[] = [];
  trouble: Trouble = () => undefined;

  private constructor(
    private readonly server: Server,
    readonly bucket: string,
  ) {}

  static async start(bucket: string): Promise<S3StandIn> {
    const server = createServer();
    const standIn = new S3StandIn(server, bucket);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      standIn.serve(request, response).catch(() => response.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return standIn;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Returns the number of open connections. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
    });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    const fault = this.trouble(method, url);
    if (fault?.kind === 'hold') await fault.until;
    if (fault?.kind === 'cut' && fault.afterBytes === undefined) {
      request.destroy();
      return;
    }
    const body = await buffer(request);
    const answer = fault?.kind === 'answer' ? failure(fault.status, fault.code) : this.answer(request, body);
    send(response, method, answer, fault?.kind === 'cut' ? (fault.afterBytes ?? 0) : null);
  }

  private answer(request: IncomingMessage, body: Buffer): Answer {
    const { method = '', url = '' } = request;
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const refusal = checkSignature({ method, url, headers }, this.key, new Date());
    if (refusal) return failure(403, refusal);
    const hash = headers['x-amz-content-sha256'];
    if (hash && hash !== 'UNSIGNED-PAYLOAD' && hash !== sha256Hex(body)) {
      return failure(400, 'XAmzContentSHA256Mismatch');
    }
    this.requests.push(`${method} ${url}`);
    const { pathname, searchParams: query } = new URL(url, 'http://s3');
    const [, bucket, ...rest] = decodeURIComponent(pathname).split('/');
    if (bucket !== this.bucket) return failure(404, 'NoSuchBucket');
    return this.kept.perform({ method, key: rest.join('/') || null, query, headers, body });
  }
}

function send(response: ServerResponse, method: string, answer: Answer, cutAfter: number | null): void {
  const bytes = Buffer.from(answer.body ?? '');
  response.writeHead(answer.status, { ...answer.headers, 'Content-Length': bytes.length });
  if (method === 'HEAD') response.end();
  else if (cutAfter === null) response.end(bytes);
  else response.write(bytes.subarray(0, cutAfter), () => response.destroy());
}
