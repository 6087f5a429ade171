/** Named timers that are started again, stopped one by one, and never keep the process alive. */
export class Deadlines {
  private readonly timers = new Map<string, NodeJS.Timeout>();

  /** Calls `reached` after `ms`, in place of what was set under this name before. */
  set(name: string, ms: number, reached: () => void): void {
    this.clear(name);
    const timer = setTimeout(() => {
      this.timers.delete(name);
      reached();
    }, ms);
    this.timers.set(name, timer.unref());
  }

  clear(name: string): void {
    clearTimeout(this.timers.get(name));
    this.timers.delete(name);
  }

  clearAll(): void {
    for (const name of [...this.timers.keys()]) this.clear(name);
  }
}
