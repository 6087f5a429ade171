import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from '#libs/metrics';
import type { Gauges } from './gauges.js';
import type { Health } from './health.js';

export interface MonitoringAddress {
  readonly host: string;
  /** undefined: nobody listens. */
  readonly port: number | undefined;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const json = (status: number, body: object): Answer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(body),
});

/**
 * Tells whoever watches a process how it is: `/metrics`, `/health/live` and `/health/ready`, on a port of its own, so that
 * it can be kept from the world and answers while the API's own port is busy. No key is asked for.
 */
export class MonitoringServer {
  private server: Server | null = null;

  constructor(
    private readonly metrics: Metrics,
    private readonly gauges: Pick<Gauges, 'refresh'>,
    private readonly health: Pick<Health, 'readiness'>,
    private readonly address: MonitoringAddress,
  ) {}

  /** @throws Error naming METRICS_PORT when it cannot be listened on */
  async onApplicationBootstrap(): Promise<void> {
    const { port, host } = this.address;
    if (port === undefined) return;
    this.metrics.watchProcess();
    const server = createServer((request, response) => void this.answer(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) =>
        reject(new Error(`METRICS_PORT ${host}:${port} cannot be listened on (${error.code ?? error.message})`)),
      );
      server.listen(port, host, resolve);
    });
    this.server = server;
  }

  /** Last of all, so that a process that finishes its work can still be watched. */
  async onApplicationShutdown(): Promise<void> {
    const { server } = this;
    if (server === null) return;
    this.server = null;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  /** Where it listens; null when it does not. */
  get url(): string | null {
    if (this.server === null) return null;
    const { port } = this.server.address() as AddressInfo;
    return `http://${this.address.host}:${port}`;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, type, body } = await this.answerTo(request).catch(() =>
      json(500, { detail: 'Internal server error' }),
    );
    response.writeHead(status, {
      'Content-Type': type,
      'Content-Length': Buffer.byteLength(body),
      'Cache-Control': 'no-store',
      ...(status === 405 && { Allow: 'GET, HEAD' }),
    });
    response.end(body); // without the body for HEAD (node:http)
  }

  private async answerTo({ method, url = '/' }: IncomingMessage): Promise<Answer> {
    const path = url.split('?', 1)[0];
    if (path !== '/metrics' && path !== '/health/live' && path !== '/health/ready') {
      return json(404, { detail: 'Not found' });
    }
    if (method !== 'GET' && method !== 'HEAD') return json(405, { detail: 'Method not allowed' });
    switch (path) {
      case '/metrics':
        await this.gauges.refresh();
        return { status: 200, type: this.metrics.contentType, body: await this.metrics.text() };
      case '/health/live':
        return json(200, { status: 'live' });
      case '/health/ready': {
        const readiness = await this.health.readiness();
        return json(readiness.status === 'ready' ? 200 : 503, readiness);
      }
    }
  }
}
