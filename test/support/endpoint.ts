import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedRequest {
  readonly path: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Returns what is answered; null: nothing, the connection stays open. */
export type Replies = (request: ReceivedRequest) => Reply | null;

/** An HTTP server on 127.0.0.1 that records what it receives, as the receiver of a webhook. */
export class Endpoint {
  readonly requests: ReceivedRequest[] = [];
  connections = 0;

  private constructor(
    private readonly server: Server,
    /** May be replaced at any time. */
    public replies: Replies,
  ) {}

  static async start(replies: Replies = () => ({ status: 204 })): Promise<Endpoint> {
    const server = createServer();
    const endpoint = new Endpoint(server, replies);
    server.on('connection', () => (endpoint.connections += 1));
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { url: path = '', method = '', headers } = request;
        const received = { path, method, headers, body: Buffer.concat(chunks).toString() };
        endpoint.requests.push(received);
        const reply = endpoint.replies(received);
        if (reply !== null) response.writeHead(reply.status, reply.headers).end(reply.body);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return endpoint;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}
