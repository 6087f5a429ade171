/** Named timers that can be restarted and stopped, and do not keep the process alive. */
export class Deadlines {
  private readonly timers = new Map<string, NodeJS.Timeout>();

  /** Calls `reached` after `ms`. Replaces an earlier timer of this name. */
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
