import { Inject, Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { LOGGER, type Logger } from '#libs/logging';
import { Metrics } from '#libs/metrics';
import { JobQueues } from '../queues/job-queues.js';
import { pollLimits } from '../queues/queue-options.js';
import { findQuietNudges, undoDispatch } from '../rows/dispatch.js';
import { resendOverduePolls } from '../rows/polls.js';
import { reviveExpired } from '../rows/revive.js';
import { queueOf } from './dispatcher.js';

/** A nudge that led to no claim for this long is looked for in Redis. */
const quietMs = 10_000;

/** How late a poll may be for each job in flight: twice its share of the rate limit, because all of them wait in line. */
const { max, duration } = pollLimits['embedding-poll'];
const latePerJobMs = (2 * duration) / max;

const batch = 1_000;

/** Finds jobs that a dead worker or a wiped Redis left behind. Any number of workers may run it at the same time. */
@Injectable()
export class Recovery {
  constructor(
    private readonly database: Database,
    private readonly queues: JobQueues,
    private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Requeues jobs whose lease expired. */
  async revive(): Promise<void> {
    const revived = await reviveExpired(this.database);
    if (revived.length > 0) this.logger.warn({ jobs: revived.map(({ id }) => id) }, 'leases expired, jobs requeued');
    for (const { kind } of revived) this.metrics.count('jobsRevived', { kind });
  }

  /** Lets jobs be dispatched again whose nudge Redis has lost. */
  async recoverNudges(): Promise<void> {
    const lost: string[] = [];
    for (const nudge of await findQuietNudges(this.database, quietMs, batch)) {
      const delivery = { jobId: nudge.id, generation: nudge.generation, number: nudge.nudges };
      const held = await this.queues.holds(queueOf[nudge.kind], delivery);
      if (held === null) break;
      if (held) continue;
      await undoDispatch(this.database, nudge);
      lost.push(nudge.id);
    }
    if (lost.length > 0) this.logger.warn({ jobs: lost }, 'deliveries lost, jobs dispatched again');
  }

  /** Sends polls again whose delayed delivery was lost, or is held by a dead worker whose clock was fast. */
  async recoverPolls(): Promise<void> {
    if (!this.queues.ready()) return;
    const overdue = await resendOverduePolls(this.database, { olderThanMs: quietMs, latePerJobMs, limit: batch });
    await Promise.all(
      overdue.map(({ id, generation, nudges }) =>
        this.queues.send('embedding-poll', { jobId: id, generation, number: nudges }),
      ),
    );
  }
}
