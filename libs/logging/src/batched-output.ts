import { writeSync } from 'node:fs';

/** Buffered characters that trigger an early write. */
const writeAt = 4096;
const everyMs = 250;
/** While the reader hangs, lines are buffered up to this size and dropped beyond it, so that work continues. */
const maxWaiting = 16 * 1024 ** 2;
/** Time until a write to a full pipe is retried. */
const retryMs = 50;
/** Total time that an exiting process waits for a full pipe. */
const exitMs = 1_000;

/**
 * Writes lines to a file descriptor in batches, and the remaining ones when the process exits.
 *
 * Used instead of pino's sonic-boom, whose flushSync (4.2) never gives up on a pipe whose reader is gone: the process
 * would never exit.
 */
export class BatchedOutput {
  private waiting = '';
  /** The part of a batch that did not fit into the pipe. */
  private unsent = Buffer.alloc(0);
  private timer: NodeJS.Timeout | undefined;
  /** The reader is gone. */
  private closed = false;

  /** @param fd a non-blocking descriptor, as `process.stdout` makes pipes and sockets */
  constructor(private readonly fd: number) {
    process.once('exit', () => this.writeRest());
  }

  write(line: string): void {
    if (this.closed || this.waiting.length + this.unsent.length >= maxWaiting) return;
    this.waiting += line;
    if (this.unsent.length > 0) return;
    if (this.waiting.length >= writeAt) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), everyMs).unref();
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = this.send() ? undefined : setTimeout(() => this.flush(), retryMs).unref();
  }

  /** Writes all lines. @returns false if the pipe is full */
  private send(): boolean {
    while (this.unsent.length > 0 || this.waiting !== '') {
      if (this.unsent.length === 0) {
        this.unsent = Buffer.from(this.waiting);
        this.waiting = '';
      }
      try {
        this.unsent = this.unsent.subarray(writeSync(this.fd, this.unsent));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false;
        this.close();
      }
    }
    return true;
  }

  private close(): void {
    this.closed = true;
    this.waiting = '';
    this.unsent = Buffer.alloc(0);
  }

  private writeRest(): void {
    const until = performance.now() + exitMs;
    while (!this.send() && performance.now() < until) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryMs);
    }
    this.close();
  }
}
