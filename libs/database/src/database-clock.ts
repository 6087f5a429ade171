import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Database } from './database.js';

/** How often the timer of this process is compared with Postgres' clock. A timer drifts, and it stops while a machine sleeps. */
const compareEveryMs = 60_000;

/** A slower answer says too little about when it was given. */
const slowestAnswerMs = 2_000;

/**
 * Postgres' clock, which all processes share. The clock of a process may be hours off, and one process judges what another
 * one signed or dated.
 */
@Injectable()
export class DatabaseClock implements OnModuleInit, OnApplicationShutdown {
  /** Milliseconds between the timer of this process and the epoch; null until Postgres has answered. */
  private offsetMs: number | null = null;
  private comparing: NodeJS.Timeout | undefined;

  constructor(@Inject(Database) private readonly database: Pick<Database, 'query'>) {}

  /** Reads Postgres' clock now and then once a minute. */
  async onModuleInit(): Promise<void> {
    this.comparing = setInterval(() => void this.compare(), compareEveryMs).unref();
    await this.compare();
  }

  onApplicationShutdown(): void {
    clearInterval(this.comparing);
  }

  /** Milliseconds since the epoch. Uses the clock of this process as long as Postgres was never reached. */
  readonly now = (): number => (this.offsetMs === null ? Date.now() : performance.now() + this.offsetMs);

  private async compare(): Promise<void> {
    const sentAt = performance.now();
    try {
      const [row] = await this.database.query<{ ms: number }>(
        'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms',
      );
      const answeredAt = performance.now();
      if (row === undefined || answeredAt - sentAt > slowestAnswerMs) return;
      this.offsetMs = row.ms - (sentAt + answeredAt) / 2;
    } catch {
      // Postgres is unreachable: the last known offset stays in use.
    }
  }
}
