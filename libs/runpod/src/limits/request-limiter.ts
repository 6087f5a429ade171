import { setTimeout as sleep } from 'node:timers/promises';
import { fullBucket, reserve, type RequestLimit, type TokenBucket } from './token-bucket.js';

/** Delays requests, in the order of their calls, to keep a limit. */
export class RequestLimiter {
  private bucket: TokenBucket;

  /** @param nowMs a monotonic clock, in milliseconds */
  constructor(
    private readonly limit: RequestLimit,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    this.bucket = fullBucket(limit, nowMs());
  }

  /**
   * Resolves when the next request may be sent.
   *
   * @throws the signal's AbortError if it aborts first; the reserved turn is then lost
   */
  async turn(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const { bucket, waitMs } = reserve(this.bucket, this.limit, this.nowMs());
    this.bucket = bucket;
    if (waitMs > 0) await sleep(waitMs, undefined, signal ? { signal } : {});
  }
}
