import { Injectable } from '@nestjs/common';

/** Why a step was interrupted: the process has to end. Its job goes back to the queue unharmed. */
export class ProcessStops extends Error {
  constructor() {
    super('the worker is stopping');
    this.name = 'ProcessStops';
  }
}

/** Tracks the work of a process, so that it can stop without losing any. */
@Injectable()
export class Stopping {
  private readonly controller = new AbortController();
  private readonly active = new Set<Promise<unknown>>();

  /** Aborted when the grace period is over. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Counts a piece of work as running until it settles. */
  async track<T>(work: Promise<T>): Promise<T> {
    this.active.add(work);
    try {
      return await work;
    } finally {
      this.active.delete(work);
    }
  }

  /** Waits until no work is running. After the grace period the rest is interrupted, and waited for too. */
  async finish(graceMs: number): Promise<void> {
    const timer = setTimeout(() => this.controller.abort(new ProcessStops()), graceMs);
    while (this.active.size > 0) await Promise.allSettled(this.active);
    clearTimeout(timer);
  }
}
