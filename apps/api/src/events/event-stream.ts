import type { Response } from 'express';

/** Bytes that Node may buffer for one client, beside what the system buffers. */
const maxBufferedBytes = 1024 ** 2;

/** Milliseconds after which clients reconnect, if they follow the recommendation. */
const retryMs = 1_000;

/**
 * Returns a server-sent event (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 *
 * @param id what the client sends as `Last-Event-ID` when it returns. Without it, the last id stays
 */
export function eventText(type: string, data: object, id?: string): string {
  return `event: ${type}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
}

/** An open answer of server-sent events. A client that does not read is cut off: nothing is kept for it. */
export class EventStream {
  /** Resolves when the answer has ended, or its client has left. */
  readonly closed: Promise<void>;
  private isEnded = false;

  constructor(private readonly response: Response) {
    this.closed = new Promise((resolve) => response.once('close', resolve));
  }

  get isOpen(): boolean {
    return !this.isEnded && !this.response.destroyed;
  }

  /** Sends the headers. `X-Accel-Buffering` makes nginx pass on each event at once. */
  open(): void {
    this.response.status(200).set({
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    });
    this.response.flushHeaders();
    this.send(Buffer.from(`retry: ${retryMs}\n\n`));
  }

  /** Sends events. Pass the same buffer to all streams: it is not copied. */
  send(events: Buffer): void {
    if (!this.isOpen) return;
    if (this.response.writableLength > maxBufferedBytes) this.cut();
    else this.response.write(events);
  }

  /** Resolves when the client has read what it was sent, or has left. */
  async ready(): Promise<void> {
    if (!this.isOpen || !this.response.writableNeedDrain) return;
    await Promise.race([new Promise<void>((resolve) => this.response.once('drain', resolve)), this.closed]);
  }

  /** Ends the answer properly. */
  end(): void {
    if (!this.isOpen) return;
    this.isEnded = true;
    this.response.end();
  }

  /** Closes the connection, so that the client returns with its last id. */
  cut(): void {
    this.response.destroy();
  }
}
