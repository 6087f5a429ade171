import { Injectable } from '@nestjs/common';
import type { JobKind } from '#libs/database';
import { DispatchRepository, type Nudge } from './dispatch.repository.js';
import { JobQueues, pollLimits, type QueueName } from './job-queues.js';

const queueOf: Readonly<Record<JobKind, QueueName>> = { split: 'splitting', embed: 'embedding-submit' };

/** A nudge that brought no claim for this long is looked for in Redis. */
const quietMs = 10_000;

/** How late a poll may be for each job in flight: twice its share of the limit, for they all wait their turn. */
const { max, duration } = pollLimits['embedding-poll'];
const latePerJobMs = (2 * duration) / max;
const batch = 100;

/** Brings rows that wait to the queues. Whatever goes wrong, the row stays and is brought again. */
@Injectable()
export class Dispatcher {
  constructor(
    private readonly rows: DispatchRepository,
    private readonly queues: JobQueues,
  ) {}

  /**
   * Sends what waits, in turns between partners.
   *
   * @param partnerId only this partner's jobs
   * @returns how many were sent
   */
  async dispatch(partnerId: string | null = null): Promise<number> {
    if (!this.queues.ready()) return 0;
    const taken = await this.rows.take(batch, partnerId);
    const sent = await Promise.all(taken.map((nudge) => this.send(nudge)));
    return sent.filter(Boolean).length;
  }

  /** Finds nudges that Redis lost and lets their rows be dispatched again. @returns ids of their jobs */
  async recoverLost(): Promise<string[]> {
    const lost: string[] = [];
    for (const nudge of await this.rows.quiet(quietMs, 1_000)) {
      const held = await this.queues.holds(queueOf[nudge.kind], {
        jobId: nudge.id,
        generation: nudge.generation,
        number: nudge.nudges,
      });
      if (held === null) return lost;
      if (held) continue;
      await this.rows.unsend(nudge);
      lost.push(nudge.id);
    }
    return lost;
  }

  /** Sends the polls whose delayed deliveries were lost, or lie with a worker that died and whose clock was fast. */
  async recoverPolls(): Promise<void> {
    if (!this.queues.ready()) return;
    const overdue = await this.rows.overduePolls(quietMs, latePerJobMs, 1_000);
    await Promise.all(
      overdue.map((nudge) =>
        this.queues.send('embedding-poll', { jobId: nudge.id, generation: nudge.generation, number: nudge.nudges }),
      ),
    );
  }

  private async send(nudge: Nudge): Promise<boolean> {
    const sent = await this.queues.send(queueOf[nudge.kind], {
      jobId: nudge.id,
      generation: nudge.generation,
      number: nudge.nudges,
      priority: nudge.rank,
    });
    if (!sent) await this.rows.unsend(nudge);
    return sent;
  }
}
