import { Writable } from 'node:stream';
import type { Response } from 'express';
import { whenGone } from '../http/client-gone.js';

/**
 * Writes to a response and counts the bytes that have left the process. Their memory can be reused.
 *
 * A bundle costs 1.3 times less CPU on Node 24 with it than with a new buffer for each sample (docs/performance.md).
 */
export class Delivery extends Writable {
  /** Aborts when the client closes the connection. */
  readonly gone: AbortSignal;
  #delivered = 0;
  #wake: () => void = () => undefined;

  constructor(private readonly response: Response) {
    super({ highWaterMark: 1 });
    this.gone = whenGone(response);
    const leave = (): void => {
      this.destroy(this.gone.reason as Error);
      this.#wake();
    };
    this.gone.addEventListener('abort', leave, { once: true });
  }

  /**
   * Resolves when the first `bytes` bytes have been handed to the system.
   *
   * @throws the reason of {@link gone} if the client leaves first
   */
  async reached(bytes: number): Promise<void> {
    while (this.#delivered < bytes) {
      this.gone.throwIfAborted();
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.response.write(chunk, (error) => {
      this.#delivered += chunk.length;
      this.#wake();
      done(error);
    });
  }

  override _final(done: () => void): void {
    this.response.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (error !== null) this.response.destroy(error);
    done(error);
  }
}
