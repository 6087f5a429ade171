import type { Server } from 'node:http';
import type { RequestHandler, Response } from 'express';

/** How fast clients must read their answers. */
export interface ReadingPace {
  readonly downloadIdleSeconds: number;
  readonly minBytesPerSecond: number;
}

/** How fast a client reads an answer. */
interface Reading {
  /** Bytes that the connection had sent before this answer. */
  readonly startBytes: number;
  /** Total time in which the answer was seen waiting for its client. */
  waitedMs: number;
}

const sweepMs = 5_000;

/**
 * Tracks unfinished answers. Cuts an answer if its client has stopped reading, or reads so slowly that it only occupies a
 * connection and memory.
 */
export class OpenAnswers {
  private readonly open = new Map<Response, Reading>();
  private readonly idleMs: number;

  constructor(private readonly pace: ReadingPace) {
    this.idleMs = pace.downloadIdleSeconds * 1000;
  }

  /** Tracks a request. Install it before everything that answers. */
  readonly follow: RequestHandler = (_request, response, next) => {
    this.open.set(response, { startBytes: response.socket?.bytesWritten ?? 0, waitedMs: 0 });
    response.once('close', () => this.open.delete(response));
    // The timeout also fires while a body arrives slowly or the answer is being prepared.
    response.setTimeout(this.idleMs, () => {
      if (waitsForClient(response)) response.destroy();
    });
    next();
  };

  /** Checks the pace of open answers regularly until the server closes. */
  watch(server: Server): void {
    const everyMs = Math.min(sweepMs, this.idleMs / 2);
    const sweep = setInterval(() => this.cutSlow(everyMs), everyMs).unref();
    server.once('close', () => clearInterval(sweep));
  }

  /** Makes all answers that have not started announce that their connection closes. */
  closeConnections(): void {
    for (const response of this.open.keys()) response.shouldKeepAlive = false;
  }

  /**
   * Bytes in buffers of the system count as read, because Node does not report how many have left. A client may therefore
   * be slower than the minimum rate for some minutes, but not for ever.
   */
  private cutSlow(everyMs: number): void {
    const { minBytesPerSecond } = this.pace;
    if (minBytesPerSecond === 0) return;
    for (const [response, reading] of this.open) {
      if (!waitsForClient(response)) continue;
      reading.waitedMs += everyMs;
      const bytes = (response.socket?.bytesWritten ?? 0) - reading.startBytes;
      if (reading.waitedMs > this.idleMs + (bytes / minBytesPerSecond) * 1000) response.destroy();
    }
  }
}

/** Whether an answer has started and has bytes that its client has not read. */
const waitsForClient = (response: Response): boolean =>
  response.headersSent && response.socket !== null && response.socket.writableLength > 0;
