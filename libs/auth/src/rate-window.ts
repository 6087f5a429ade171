/** What a count says: at most `limit` in a window of a minute that begins with its first request. */
export interface RateCount {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Whole seconds until the window ends, ≥ 1. */
  readonly resetSeconds: number;
}

/** How long a window is. */
export const windowMs = 60_000;

/** A count and the rest of its window, told as a client hears it. */
export function rateCount(count: number, restMs: number, limit: number): RateCount {
  return {
    allowed: count <= limit,
    limit,
    remaining: Math.max(0, limit - count),
    resetSeconds: Math.max(1, Math.ceil(restMs / 1000)),
  };
}

/** Counting in this process, for when Redis cannot: the same windows, only not shared. */
export class LocalWindows {
  private readonly windows = new Map<string, { count: number; readonly endsAt: number }>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Counts one request. */
  hit(bucket: string): { readonly count: number; readonly restMs: number } {
    const now = this.now();
    let window = this.windows.get(bucket);
    if (window === undefined || window.endsAt <= now) {
      if (this.windows.size > 10_000) this.dropEnded(now);
      window = { count: 0, endsAt: now + windowMs };
      this.windows.set(bucket, window);
    }
    window.count += 1;
    return { count: window.count, restMs: window.endsAt - now };
  }

  private dropEnded(now: number): void {
    for (const [bucket, window] of this.windows) if (window.endsAt <= now) this.windows.delete(bucket);
  }
}
