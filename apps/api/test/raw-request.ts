import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A request written byte by byte: for what HTTP clients would never send. */
export class RawRequest {
  private text = '';

  private constructor(
    private readonly socket: Socket,
    private readonly closed: Promise<unknown>,
  ) {
    socket.on('data', (chunk: Buffer) => {
      this.text += chunk.toString('latin1');
    });
    socket.on('error', () => undefined); // seen by its code in `failure`
  }

  static async open(port: number): Promise<RawRequest> {
    const socket = connect(port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await once(socket, 'connect');
    return new RawRequest(socket, closed);
  }

  /** Writes, waiting where the server does not read; false when the connection is gone. */
  async write(text: string | Buffer): Promise<boolean> {
    if (this.socket.destroyed || !this.socket.writable) return false;
    if (this.socket.write(text)) return true;
    await Promise.race([once(this.socket, 'drain').catch(() => undefined), this.closed]);
    return !this.socket.destroyed;
  }

  /** Everything answered so far. */
  get answer(): string {
    return this.text;
  }

  /** Resolves with everything answered when the server has closed the connection. */
  async ended(): Promise<string> {
    await this.closed;
    return this.text;
  }

  /** Resolves when the answer matches. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.text)) {
      if (this.socket.destroyed) throw new Error(`Closed before ${String(pattern)}: ${this.text}`);
      await Promise.race([once(this.socket, 'data').catch(() => undefined), this.closed]);
    }
    return this.text;
  }

  abort(): void {
    this.socket.resetAndDestroy();
  }
}
