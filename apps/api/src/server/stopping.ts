import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setImmediate as afterAccepting, setTimeout as sleep } from 'node:timers/promises';
import type { RequestHandler } from 'express';
import type { OpenAnswers } from './open-answers.js';

/** How often idle connections are closed, after clients had `idleMs` to send one more request. */
const sweepMs = 100;
const idleMs = 2_000;

export interface StoppingTimes {
  /** How long new connections are still accepted. */
  readonly delaySeconds: number;
  /** How long open answers may take after that. */
  readonly graceSeconds: number;
}

/** Stops an HTTP server gracefully: open answers are finished, new connections are refused. */
export class Stopping {
  private begun = false;

  constructor(private readonly answers: OpenAnswers) {}

  /** Set it to end answers that never end by themselves. Called when the server stops listening. */
  endStreams: () => void = () => undefined;

  /** While the server stops, every answer tells its client to open a new connection next time. */
  readonly closeConnections: RequestHandler = (_request, response, next) => {
    if (this.begun) response.setHeader('Connection', 'close');
    next();
  };

  /**
   * Resolves when all answers are finished, at the latest after the delay and the grace period. Then the rest is cut off.
   *
   * During the delay requests are served as before, but connections are closed after each answer. A proxy then has no
   * connection left to this server when it stops listening. Without a delay, connections are kept until the server has
   * stopped listening: a client that reconnects would reach a socket that is about to close, and the kernel resets
   * connections that were not accepted yet.
   *
   * A request may be under way on a kept connection, and closing the connection would reset it. Therefore it is closed with
   * its next answer, or after some idle time, and not at once as by http's own `close`.
   */
  async stop(server: Server, { delaySeconds, graceSeconds }: StoppingTimes): Promise<void> {
    if (delaySeconds > 0) {
      this.endConnections();
      await sleep(delaySeconds * 1000);
    }
    await afterAccepting();
    const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
    this.endConnections();
    this.endStreams();
    const startedAt = performance.now();
    const sweep = setInterval(() => {
      if (performance.now() - startedAt >= Math.min(idleMs, graceSeconds * 500)) server.closeIdleConnections();
    }, sweepMs);
    const cut = setTimeout(() => server.closeAllConnections(), graceSeconds * 1000);
    await closed;
    clearInterval(sweep);
    clearTimeout(cut);
  }

  /** Lets every connection close with its next answer. */
  private endConnections(): void {
    this.begun = true;
    this.answers.closeConnections();
  }
}
