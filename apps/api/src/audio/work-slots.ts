import { AppError } from '#libs/errors';

export interface WorkSlotsOptions {
  /** Slots: how much work runs at a time. */
  readonly running: number;
  /** Slots of one partner. With fewer than `running`, a slot is left for others. */
  readonly ofOnePartner: number;
  /** How much work may wait for a slot. More is rejected. */
  readonly waiting: number;
  readonly retryAfterSeconds: number;
}

/** Work that waits for a slot. */
interface Waiting {
  readonly enter: () => void;
  readonly refuse: (reason: unknown) => void;
}

/**
 * A few slots for costly work, with a short queue: a quick 503 is better than a long wait.
 *
 * Partners take turns. If the queue is full, the newest work of the partner with the most waiting work is rejected in
 * favour of a partner with less.
 */
export class WorkSlots {
  private free: number;
  private readonly running = new Map<string, number>();
  /** The waiting work of each partner. The order of the map is the order of turns. */
  private readonly queues = new Map<string, Waiting[]>();

  constructor(private readonly options: WorkSlotsOptions) {
    this.free = options.running;
  }

  /**
   * Runs work as soon as a slot is free.
   *
   * @throws AppError `unavailable` if the queue is full, or the signal's reason if it aborts before the work has started
   */
  async run<T>(partnerId: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.take(partnerId, signal);
    try {
      signal?.throwIfAborted();
      return await work();
    } finally {
      this.giveBack(partnerId);
    }
  }

  private async take(partnerId: string, signal: AbortSignal | undefined): Promise<void> {
    if (this.mayEnter(partnerId)) return this.enter(partnerId);
    this.makeRoom(partnerId);
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        this.remove(partnerId, waiting);
        reject(signal?.reason as Error);
      };
      const settling =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          signal?.removeEventListener('abort', leave);
          settle(value);
        };
      const waiting: Waiting = { enter: settling<void>(resolve), refuse: settling(reject) };
      signal?.addEventListener('abort', leave, { once: true });
      this.queues.set(partnerId, [...this.queueOf(partnerId), waiting]);
    });
  }

  private giveBack(partnerId: string): void {
    const others = this.runningOf(partnerId) - 1;
    if (others > 0) this.running.set(partnerId, others);
    else this.running.delete(partnerId);
    this.free += 1;
    const next = [...this.queues].find(([waiting]) => this.mayEnter(waiting));
    if (next === undefined) return;
    const [nextId, [first]] = next;
    if (first === undefined) return;
    // Deleting and setting the entry moves a partner that still waits to the end of the turns.
    const later = this.queueOf(nextId).slice(1);
    this.queues.delete(nextId);
    if (later.length > 0) this.queues.set(nextId, later);
    this.enter(nextId);
    first.enter();
  }

  /** @throws AppError `unavailable` if the queue is full and no partner has more work in it than this one */
  private makeRoom(partnerId: string): void {
    const lengths = [...this.queues.values()].map((queue) => queue.length);
    if (lengths.reduce((sum, length) => sum + length, 0) < this.options.waiting) return;
    const { retryAfterSeconds } = this.options;
    const full = AppError.of('unavailable', { retryAfterSeconds, causeCode: 'conversions_full' });
    const longest = [...this.queues].find(([, { length }]) => length === Math.max(...lengths));
    const newest = longest?.[1].at(-1);
    if (longest === undefined || newest === undefined) throw full;
    if (longest[1].length <= this.queueOf(partnerId).length + 1) throw full;
    this.remove(longest[0], newest);
    newest.refuse(full);
  }

  private remove(partnerId: string, waiting: Waiting): void {
    const others = this.queueOf(partnerId).filter((other) => other !== waiting);
    if (others.length > 0) this.queues.set(partnerId, others);
    else this.queues.delete(partnerId);
  }

  private enter(partnerId: string): void {
    this.free -= 1;
    this.running.set(partnerId, this.runningOf(partnerId) + 1);
  }

  private mayEnter(partnerId: string): boolean {
    return this.free > 0 && this.runningOf(partnerId) < this.options.ofOnePartner;
  }

  private runningOf(partnerId: string): number {
    return this.running.get(partnerId) ?? 0;
  }

  private queueOf(partnerId: string): readonly Waiting[] {
    return this.queues.get(partnerId) ?? [];
  }
}
