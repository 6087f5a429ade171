import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Writes a request byte by byte, for what HTTP clients never send. */
export class RawRequest {
  private text = '';

  private constructor(
    private readonly socket: Socket,
    private readonly closed: Promise<unknown>,
  ) {
    socket.on('data', (chunk: Buffer) => {
      this.text += chunk.toString('latin1');
    });
    socket.on('error', () => undefined); // tests see it as a closed connection
  }

  static async open(port: number): Promise<RawRequest> {
    const socket = connect(port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await once(socket, 'connect');
    return new RawRequest(socket, closed);
  }

  /** Writes, and waits while the server does not read. @returns false if the connection is closed */
  async write(text: string | Buffer): Promise<boolean> {
    if (this.socket.destroyed || !this.socket.writable) return false;
    if (this.socket.write(text)) return true;
    await Promise.race([once(this.socket, 'drain').catch(() => undefined), this.closed]);
    return !this.socket.destroyed;
  }

  /** Stops reading until {@link read}. */
  stopReading(): void {
    this.socket.pause();
  }
  read(): void {
    this.socket.resume();
  }

  /** The answer so far. */
  get answer(): string {
    return this.text;
  }

  /** Resolves with the answer when the server has closed the connection. */
  async ended(): Promise<string> {
    await this.closed;
    return this.text;
  }

  /** Resolves as soon as the answer matches. */
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
