import { writeSync } from 'node:fs';

/** Characters that are worth a write before their time. */
const worthWriting = 4096;
const everyMs = 250;
/** Lines that nobody reads (a log collector that hangs) are kept up to this size, then dropped: work goes on. */
const mostWaiting = 16 * 1024 ** 2;
/** A full pipe is tried again after so long. */
const againMs = 50;
/** At the end of the process a full pipe is waited for so long, all in all. */
const patienceMs = 1_000;

/**
 * Lines on a file descriptor, handed to the system together. What is left is written when the process ends.
 *
 * In place of sonic-boom, pino's own, which at the end of a process tries for ever to write to a pipe whose reader is
 * gone (its flushSync, 4.2): the process would never end.
 */
export class BatchedOutput {
  private waiting = '';
  /** What was taken from `waiting` and did not fit into the pipe. */
  private unsent = Buffer.alloc(0);
  private timer: NodeJS.Timeout | undefined;
  /** There is no reader any more. */
  private closed = false;

  /** @param fd one that answers EAGAIN instead of waiting when it is full, as `process.stdout` makes pipes and sockets */
  constructor(private readonly fd: number) {
    process.once('exit', () => this.writeRest());
  }

  write(line: string): void {
    if (this.closed || this.waiting.length + this.unsent.length >= mostWaiting) return;
    this.waiting += line;
    if (this.unsent.length > 0) return;
    if (this.waiting.length >= worthWriting) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), everyMs).unref();
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = this.send() ? undefined : setTimeout(() => this.flush(), againMs).unref();
  }

  /** Writes until nothing is left. @returns false when the pipe is full */
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
    const until = performance.now() + patienceMs;
    while (!this.send() && performance.now() < until) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, againMs);
    }
    this.close();
  }
}
