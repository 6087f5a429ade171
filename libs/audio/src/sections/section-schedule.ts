import { EncodeSlots, type EncodeSlot } from './encode-slots.js';
import type { Section } from './section-plan.js';

export interface SectionScheduleOptions<Run> {
  readonly sections: readonly Section[];
  /** Starts to encode a section. Never throws. `gone` of the result resolves when its ffmpeg has exited. */
  readonly start: (section: Section) => Run;
  /** The slots of all jobs. */
  readonly slots: EncodeSlots;
  /** The slot of this job. It is released when the last section that used it is done. */
  readonly ownSlot: EncodeSlot;
  readonly signal: AbortSignal;
}

/**
 * Starts the sections of one recording in order: one after the other in the job's own slot, and one in each idle slot.
 * At most one section more than there are slots has started and was not read, so that memory use is bounded.
 */
export class SectionSchedule<Run extends { readonly gone: Promise<void> }> {
  readonly #options: SectionScheduleOptions<Run>;
  /** Limits the sections that have started and were not read. */
  readonly #room: EncodeSlots;
  readonly #taken: EncodeSlot[] = [];
  readonly #started: Run[] = [];
  #wakeReader: () => void = () => undefined;

  constructor(options: SectionScheduleOptions<Run>) {
    this.#options = options;
    this.#room = new EncodeSlots(options.slots.count + 1);
    const { signal } = options;
    signal.addEventListener('abort', () => this.#wakeReader(), { once: true });
    // Both reject only if the signal aborts, and `section` reports that to the reader.
    this.#useOwnSlot().catch(() => undefined);
    this.#useIdleSlots().catch(() => undefined);
  }

  /** All sections that have started. */
  get started(): readonly Run[] {
    return this.#started;
  }

  /** Waits for section `at` to start. @throws the signal's reason if it aborts first */
  async section(at: number): Promise<Run> {
    for (;;) {
      const run = this.#started[at];
      if (run !== undefined) return run;
      this.#options.signal.throwIfAborted();
      await new Promise<void>((resolve) => (this.#wakeReader = resolve));
    }
  }

  /** Tells that one more section was read to its end, so that another may start. */
  wasRead(): void {
    this.#taken.shift()?.release();
  }

  async #useOwnSlot(): Promise<void> {
    const { ownSlot, signal } = this.#options;
    try {
      for (;;) {
        const room = await this.#room.take(signal);
        const run = this.#startNext(room);
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
      const run = this.#startNext(room);
      if (run === undefined) return slot.release();
      void run.gone.then(() => slot.release());
    }
  }

  #startNext(room: EncodeSlot): Run | undefined {
    const { sections, start, signal } = this.#options;
    const section = sections[this.#started.length];
    if (section === undefined || signal.aborted) {
      room.release();
      return undefined;
    }
    const run = start(section);
    this.#taken.push(room);
    this.#started.push(run);
    this.#wakeReader();
    return run;
  }
}
