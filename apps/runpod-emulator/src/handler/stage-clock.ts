/** Measures how long each stage of a run takes. */
export class StageClock {
  /** The engine of this process is always loaded. */
  private readonly measured: Record<string, number> = { load: 0 };

  async measure<T>(stage: string, work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    const result = await work();
    this.measured[stage] = Math.round(performance.now() - startedAt) / 1000;
    return result;
  }

  /** Returns seconds, to the millisecond. */
  seconds(): Readonly<Record<string, number>> {
    return this.measured;
  }
}
