import { setTimeout as sleep } from 'node:timers/promises';
import { fullBucket, reserve, type RequestLimit, type TokenBucket } from './token-bucket.js';

/** Holds requests back so that a limit is kept, in the order they came. */
export class RequestLimiter {
  private bucket: TokenBucket;

  /** @param nowMs a clock that only goes forward, in milliseconds */
  constructor(
    private readonly limit: RequestLimit,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    this.bucket = fullBucket(limit, nowMs());
  }

  /**
   * Resolves when the next request may be sent.
   *
   * @throws the signal's AbortError when it is aborted first; the place in the row is lost then
   */
  async turn(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const { bucket, waitMs } = reserve(this.bucket, this.limit, this.nowMs());
    this.bucket = bucket;
    if (waitMs > 0) await sleep(waitMs, undefined, signal ? { signal } : {});
  }
}
