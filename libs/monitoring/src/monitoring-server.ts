import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type Config } from '#libs/config';
import { Metrics } from '#libs/metrics';
import { Gauges } from './gauges.js';
import { Health } from './health.js';

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
 * Serves `/metrics`, `/health/live` and `/health/ready` without a key, on a port of its own. The port can be hidden from
 * the internet, and it answers while the API's own port is busy.
 */
@Injectable()
export class MonitoringServer implements OnApplicationBootstrap, OnApplicationShutdown {
  private server: Server | null = null;

  constructor(
    private readonly metrics: Metrics,
    @Inject(Gauges) private readonly gauges: Pick<Gauges, 'refresh'>,
    @Inject(Health) private readonly health: Pick<Health, 'readiness'>,
    @Inject(CONFIG) private readonly config: Pick<Config, 'metricsHost' | 'metricsPort'>,
  ) {}

  /** @throws Error that names METRICS_PORT if the port cannot be used */
  async onApplicationBootstrap(): Promise<void> {
    const { metricsPort: port, metricsHost: host } = this.config;
    if (port === undefined) return;
    this.metrics.watchProcess();
    const server = createServer((request, response) => void this.answer(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) =>
        reject(new Error(`METRICS_PORT ${host}:${port} cannot be used (${error.code ?? error.message})`)),
      );
      server.listen(port, host, resolve);
    });
    this.server = server;
  }

  /** Closes late in the shutdown, so that a process can be monitored while it finishes its work. */
  async onApplicationShutdown(): Promise<void> {
    const { server } = this;
    if (server === null) return;
    this.server = null;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  /** The base URL; null while it does not listen. */
  get url(): string | null {
    if (this.server === null) return null;
    const { port } = this.server.address() as AddressInfo;
    return `http://${this.config.metricsHost}:${port}`;
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
    response.end(body); // node:http drops the body for HEAD
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
