/** At most `max` (2 or more) requests in any window of `windowMs`. */
export interface RequestLimit {
  readonly max: number;
  readonly windowMs: number;
}

/** RunPod's limits per endpoint (docs.runpod.io, serverless, "Rate limits"), and our own for all polls. */
export const runpodLimits = {
  run: { max: 1000, windowMs: 10_000 },
  status: { max: 2000, windowMs: 10_000 },
  cancel: { max: 100, windowMs: 10_000 },
  allPolls: { max: 100, windowMs: 1_000 },
} as const satisfies Record<string, RequestLimit>;

/** Tokens at one moment. A negative number is that of waiting requests. */
export interface TokenBucket {
  readonly tokens: number;
  readonly atMs: number;
}

/** Reservation of a request, which may be sent after `waitMs`. */
export interface Reservation {
  readonly bucket: TokenBucket;
  readonly waitMs: number;
}

// A tenth may be sent at once, the rest is spread over the window: burst + rate × window = max.
const burstOf = ({ max }: RequestLimit): number => Math.max(1, Math.floor(max / 10));

const tokensPerMs = (limit: RequestLimit): number => (limit.max - burstOf(limit)) / limit.windowMs;

export function fullBucket(limit: RequestLimit, nowMs: number): TokenBucket {
  return { tokens: burstOf(limit), atMs: nowMs };
}

/**
 * Reserves the next turn, in the order of the calls. An unused turn is lost, so at worst fewer requests are sent. A clock
 * that goes backwards adds no tokens.
 */
export function reserve(bucket: TokenBucket, limit: RequestLimit, nowMs: number): Reservation {
  const passedMs = Math.max(0, nowMs - bucket.atMs);
  const tokens = Math.min(burstOf(limit), bucket.tokens + passedMs * tokensPerMs(limit)) - 1;
  const waitMs = tokens >= 0 ? 0 : Math.ceil(-tokens / tokensPerMs(limit));
  return { bucket: { tokens, atMs: Math.max(nowMs, bucket.atMs) }, waitMs };
}
