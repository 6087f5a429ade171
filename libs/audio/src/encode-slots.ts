/** The right to run one ffmpeg. */
export interface EncodeSlot {
  /** Gives it back; once is enough, more does nothing. */
  release(): void;
}

interface Waiting {
  readonly grant: (slot: EncodeSlot) => void;
}

/**
 * How many ffmpegs a process may run, over all its jobs.
 *
 * Every job has a right to one slot and takes it with `take`, first come, first served. What is idle then may be
 * borrowed with `borrow`: a slot that comes free goes to a job that waits for its first one before any borrower.
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

  /** A job's own slot. @throws the signal's reason when it aborts before there is one */
  take(signal?: AbortSignal): Promise<EncodeSlot> {
    return this.#wait(this.#jobs, signal);
  }

  /** A slot nobody else wants now; to be given back soon. @throws the signal's reason when it aborts before there is one */
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

/** What an abort was given is thrown as it is, whatever it is. */
function reasonOf(signal: AbortSignal): Error {
  return signal.reason as Error;
}
