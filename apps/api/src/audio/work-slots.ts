import { AppError } from '#libs/errors';

export interface WorkSlotsOptions {
  /** Works done at a time. */
  readonly running: number;
  /** Works that may wait for a place; those beyond are refused. */
  readonly waiting: number;
  readonly retryAfterSeconds: number;
}

/** A few places for costly work with a short queue before them: better a quick 503 than a long silence. */
export class WorkSlots {
  private free: number;
  private readonly queue: (() => void)[] = [];

  constructor(private readonly options: WorkSlotsOptions) {
    this.free = options.running;
  }

  /** @throws AppError `unavailable` when the queue is full; the signal's reason when it aborts before the work began */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.take(signal);
    try {
      signal?.throwIfAborted();
      return await work();
    } finally {
      this.giveBack();
    }
  }

  private async take(signal: AbortSignal | undefined): Promise<void> {
    if (this.free > 0) {
      this.free -= 1;
      return;
    }
    const { waiting, retryAfterSeconds } = this.options;
    if (this.queue.length >= waiting) throw AppError.of('unavailable', { retryAfterSeconds });
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        this.queue.splice(this.queue.indexOf(enter), 1);
        reject(signal?.reason as Error);
      };
      const enter = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.queue.push(enter);
    });
  }

  /** Hands the place to whoever waits longest. */
  private giveBack(): void {
    const next = this.queue.shift();
    if (next) next();
    else this.free += 1;
  }
}
