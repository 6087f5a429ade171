import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface ReceivedWebhook {
  readonly path: string;
  readonly body: Record<string, unknown>;
}

/** A storage (GET and PUT of objects under their path) and webhook receiver (POST) for tests. */
export class ObjectServer {
  readonly objects = new Map<string, Buffer>();
  readonly types = new Map<string, string>();
  /** Paths of all PUTs, in order. */
  readonly puts: string[] = [];
  readonly webhooks: ReceivedWebhook[] = [];
  /** HTTP statuses for the next webhooks; 200 once it is empty. */
  readonly webhookAnswers: number[] = [];
  /** How many of the next PUTs fail with 503. */
  failingPuts = 0;
  /** Paths whose PUTs fail with 403. */
  readonly refusedPuts = new Set<string>();
  private readonly server = createServer((request, response) => void this.serve(request, response));

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURI(request.url ?? '/');
    const body = await buffer(request);
    if (request.method === 'POST') {
      this.webhooks.push({ path, body: JSON.parse(body.toString()) as Record<string, unknown> });
      return void response.writeHead(this.webhookAnswers.shift() ?? 200).end();
    }
    if (request.method === 'PUT') {
      if (this.refusedPuts.has(path)) return void response.writeHead(403).end();
      if (this.failingPuts > 0) {
        this.failingPuts--;
        return void response.writeHead(503).end();
      }
      this.objects.set(path, body);
      this.types.set(path, request.headers['content-type'] ?? '');
      this.puts.push(path);
      return void response.writeHead(200).end();
    }
    const object = this.objects.get(path);
    response.writeHead(object ? 200 : 404).end(object);
  }
}
