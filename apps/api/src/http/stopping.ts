import type { Server } from 'node:http';
import type { RequestHandler } from 'express';

/** How often connections that have become idle are closed while stopping. */
const sweepMs = 100;

/** Ends an HTTP server kindly: what is being answered is finished, new connections are refused. */
export class Stopping {
  private begun = false;

  /** While stopping, every answer tells its client to take a new connection next time. */
  readonly closeConnections: RequestHandler = (_request, response, next) => {
    if (this.begun) response.setHeader('Connection', 'close');
    next();
  };

  /** Resolves when all answers are finished, at the latest after the grace period; the rest is cut off. */
  async stop(server: Server, graceSeconds: number): Promise<void> {
    this.begun = true;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    const sweep = setInterval(() => server.closeIdleConnections(), sweepMs);
    const cut = setTimeout(() => server.closeAllConnections(), graceSeconds * 1000);
    await closed;
    clearInterval(sweep);
    clearTimeout(cut);
  }
}
