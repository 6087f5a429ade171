/** Permission to run one ffmpeg. */
export interface EncodeSlot {
  /** Gives the slot back. Further calls have no effect. */
  release(): void;
}

interface Waiting {
  readonly grant: (slot: EncodeSlot) => void;
}

/**
 * Limits how many ffmpegs a process runs, over all its jobs.
 *
 * Every job takes one slot with `take`, first come, first served. It may use idle slots with `borrow`: a free slot goes
 * to a job that waits for its first slot before it goes to a borrower.
 */
export class EncodeSlots {
  readonly #jobs: Waiting[] = [];
  readonly #borrowers: Waiting[] = [];
  #free: number;

  /** @param count at least 1 */
  constructor(readonly count: number) {
    if (!Number.isInteger(count) || count < 1) throw new RangeError('There is at least one slot');
    this.#free = count;
  }

  /** Waits for a job's own slot. @throws the signal's reason if it aborts first */
  take(signal?: AbortSignal): Promise<EncodeSlot> {
    return this.#wait(this.#jobs, signal);
  }

  /** Waits for a slot that no job needs. Release it soon. @throws the signal's reason if it aborts first */
  borrow(signal?: AbortSignal): Promise<EncodeSlot> {
    return this.#wait(this.#borrowers, signal);
  }

  #wait(queue: Waiting[], signal: AbortSignal | undefined): Promise<EncodeSlot> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(reasonOf(signal));
      const leave = (): void => {
        queue.splice(queue.indexOf(waiting), 1);
        if (signal !== undefined) reject(reasonOf(signal));
      };
      const waiting: Waiting = {
        grant: (slot) => {
          signal?.removeEventListener('abort', leave);
          resolve(slot);
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      queue.push(waiting);
      this.#serve();
    });
  }

  #serve(): void {
    while (this.#free > 0) {
      const next = this.#jobs.shift() ?? this.#borrowers.shift();
      if (next === undefined) return;
      this.#free -= 1;
      next.grant(this.#slot());
    }
  }

  #slot(): EncodeSlot {
    let isHeld = true;
    return {
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        this.#free += 1;
        this.#serve();
      },
    };
  }
}

/** The reason of an abort may be any value. It is rethrown unchanged. */
function reasonOf(signal: AbortSignal): Error {
  return signal.reason as Error;
}
