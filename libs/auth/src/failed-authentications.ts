import { Injectable } from '@nestjs/common';
import { AppError } from '#libs/errors';
import { RateLimiter } from './rate-limiter.js';

/** Failed authentications that a client may have in a minute. Further ones are answered with 429. */
const failuresPerMinute = 20;

/** Clients that one process remembers. */
const maxClients = 10_000;

/** Counts failed authentications per client, in all processes together. */
@Injectable()
export class FailedAuthentications {
  private readonly exhausted = new ExhaustedLimits();

  constructor(private readonly limiter: RateLimiter) {}

  /**
   * Counts a failed authentication.
   *
   * @param client its address or network
   * @throws AppError `rate_limited` if the client had too many
   */
  async count(client: string): Promise<void> {
    const { allowed, remaining, resetSeconds } = await this.limiter.count(`failed:${client}`, failuresPerMinute);
    if (remaining === 0) this.exhausted.add(client, resetSeconds * 1000);
    if (!allowed) throw AppError.of('rate_limited', { retryAfterSeconds: resetSeconds });
  }

  /**
   * Whether this process knows that a client has reached its limit. Neither Redis nor Postgres is asked.
   *
   * @param client is called only if there is any such client, which is rare
   */
  tooManyOf(client: () => string): boolean {
    return this.exhausted.size > 0 && this.exhausted.has(client());
  }
}

/** Clients that have reached their limit, until their windows end. */
export class ExhaustedLimits {
  private readonly endsAt = new Map<string, number>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  get size(): number {
    return this.endsAt.size;
  }

  add(client: string, restMs: number): void {
    if (this.endsAt.size >= maxClients) this.endsAt.clear();
    this.endsAt.set(client, this.now() + restMs);
  }

  has(client: string): boolean {
    const endsAt = this.endsAt.get(client);
    if (endsAt === undefined) return false;
    if (endsAt > this.now()) return true;
    this.endsAt.delete(client);
    return false;
  }
}
