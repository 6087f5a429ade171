import { jest } from '@jest/globals';

/** A timer that has been set and neither fired nor cleared. */
export interface HeldTimer {
  /** Calls its callback. Returns false if it has been cleared meanwhile. */
  fire(): boolean;
}

/**
 * Replaces the clock for timers of one length: they fire when the test says so. A test of a time limit then needs no
 * limit that a busy machine could exceed. All other timers are real.
 *
 * `jest.restoreAllMocks()` ends it.
 */
export class HeldTimers {
  readonly #callbacks = new Map<unknown, () => void>();

  constructor(ms: number) {
    const [set, clear] = [globalThis.setTimeout, globalThis.clearTimeout];
    const held = (callback: () => void, delay?: number, ...values: []): NodeJS.Timeout => {
      const timer = set(callback, delay, ...values);
      if (delay === ms) this.#callbacks.set(timer, callback);
      return timer;
    };
    jest.spyOn(globalThis, 'setTimeout').mockImplementation(held);
    jest.spyOn(globalThis, 'clearTimeout').mockImplementation((timer) => {
      this.#callbacks.delete(timer);
      clear(timer);
    });
  }

  /** Returns the timers that run now, the oldest first. */
  waiting(): readonly HeldTimer[] {
    return [...this.#callbacks.entries()].map(([timer, callback]) => ({
      fire: () => {
        if (!this.#callbacks.has(timer)) return false;
        clearTimeout(timer as NodeJS.Timeout);
        callback();
        return true;
      },
    }));
  }
}
