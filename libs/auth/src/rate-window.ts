/** The state of a limit: up to `limit` requests in a window of one minute that starts with the first request. */
export interface RateCount {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Whole seconds until the window ends, at least 1. */
  readonly resetSeconds: number;
}

export const windowMs = 60_000;

/** Describes a count and the rest of its window as clients see it. */
export function rateCount(count: number, restMs: number, limit: number): RateCount {
  return {
    allowed: count <= limit,
    limit,
    remaining: Math.max(0, limit - count),
    resetSeconds: Math.max(1, Math.ceil(restMs / 1000)),
  };
}

/** Counts in this process while Redis cannot. The windows are the same, but not shared. */
export class LocalWindows {
  private readonly windows = new Map<string, { count: number; readonly endsAt: number }>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Counts one request. */
  hit(bucket: string): { readonly count: number; readonly restMs: number } {
    const now = this.now();
    let window = this.windows.get(bucket);
    if (window === undefined || window.endsAt <= now) {
      if (this.windows.size > 10_000) this.deleteEnded(now);
      window = { count: 0, endsAt: now + windowMs };
      this.windows.set(bucket, window);
    }
    window.count += 1;
    return { count: window.count, restMs: window.endsAt - now };
  }

  private deleteEnded(now: number): void {
    for (const [bucket, window] of this.windows) if (window.endsAt <= now) this.windows.delete(bucket);
  }
}
