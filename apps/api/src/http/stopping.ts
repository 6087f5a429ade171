import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { RequestHandler } from 'express';

/** How often connections that are idle are closed, once their clients had time to ask once more. */
const sweepMs = 100;
const idleMs = 2_000;

/** Ends an HTTP server kindly: what is being answered is finished, new connections are refused. */
export class Stopping {
  private begun = false;

  /** While stopping, every answer tells its client to take a new connection next time. */
  readonly closeConnections: RequestHandler = (_request, response, next) => {
    if (this.begun) response.setHeader('Connection', 'close');
    next();
  };

  /**
   * Resolves when all answers are finished, at the latest after the grace period; the rest is cut off.
   *
   * A kept connection may have a request on its way, and closing it would reset it. So it is closed by its next answer,
   * or when no request has come for a while: not at once, as http's own `close` does.
   */
  async stop(server: Server, graceSeconds: number): Promise<void> {
    this.begun = true;
    const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
    const startedAt = performance.now();
    const sweep = setInterval(() => {
      if (performance.now() - startedAt >= Math.min(idleMs, graceSeconds * 500)) server.closeIdleConnections();
    }, sweepMs);
    const cut = setTimeout(() => server.closeAllConnections(), graceSeconds * 1000);
    await closed;
    clearInterval(sweep);
    clearTimeout(cut);
  }
}
