import { EncodeSlots, type EncodeSlot } from './encode-slots.js';
import type { Section } from './section-plan.js';

export interface SectionScheduleOptions<Run> {
  readonly sections: readonly Section[];
  /** Never fails; `gone` of what it begins resolves when its ffmpeg has ended. */
  readonly begin: (section: Section) => Run;
  /** The slots of all jobs. */
  readonly slots: EncodeSlots;
  /** The one this job holds. It is given back when the last section it began is done. */
  readonly ownSlot: EncodeSlot;
  readonly signal: AbortSignal;
}

/**
 * When the sections of one recording begin: in order, the job's own slot one after the other, slots nobody else wants
 * one each. At most one section more than there are slots has begun and was not read, so memory is flat.
 */
export class SectionSchedule<Run extends { readonly gone: Promise<void> }> {
  readonly #options: SectionScheduleOptions<Run>;
  /** One for every section that may be there before it is read. */
  readonly #room: EncodeSlots;
  readonly #taken: EncodeSlot[] = [];
  readonly #begun: Run[] = [];
  #wakeReader: () => void = () => undefined;

  constructor(options: SectionScheduleOptions<Run>) {
    this.#options = options;
    this.#room = new EncodeSlots(options.slots.count + 1);
    const { signal } = options;
    signal.addEventListener('abort', () => this.#wakeReader(), { once: true });
    // Both reject only when the signal aborts, which the reader hears of by itself.
    this.#useOwnSlot().catch(() => undefined);
    this.#useIdleSlots().catch(() => undefined);
  }

  /** Every section that has begun. */
  get begun(): readonly Run[] {
    return this.#begun;
  }

  /** Section `at`, when it has begun. @throws the signal's reason when it aborts before */
  async section(at: number): Promise<Run> {
    for (;;) {
      const run = this.#begun[at];
      if (run !== undefined) return run;
      this.#options.signal.throwIfAborted();
      await new Promise<void>((resolve) => (this.#wakeReader = resolve));
    }
  }

  /** The next section was read to its end: there is room for another. */
  wasRead(): void {
    this.#taken.shift()?.release();
  }

  async #useOwnSlot(): Promise<void> {
    const { ownSlot, signal } = this.#options;
    try {
      for (;;) {
        const room = await this.#room.take(signal);
        const run = this.#beginNext(room);
        if (run === undefined) return;
        await run.gone;
      }
    } finally {
      ownSlot.release();
    }
  }

  async #useIdleSlots(): Promise<void> {
    const { slots, signal } = this.#options;
    for (;;) {
      const room = await this.#room.take(signal);
      const slot = await slots.borrow(signal);
      const run = this.#beginNext(room);
      if (run === undefined) return slot.release();
      void run.gone.then(() => slot.release());
    }
  }

  #beginNext(room: EncodeSlot): Run | undefined {
    const { sections, begin, signal } = this.#options;
    const section = sections[this.#begun.length];
    if (section === undefined || signal.aborted) {
      room.release();
      return undefined;
    }
    const run = begin(section);
    this.#taken.push(room);
    this.#begun.push(run);
    this.#wakeReader();
    return run;
  }
}
