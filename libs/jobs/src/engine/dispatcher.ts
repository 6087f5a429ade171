import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '#libs/config';
import { Database, type JobKind } from '#libs/database';
import { JobQueues } from '../queues/job-queues.js';
import type { QueueName } from '../queues/queue-options.js';
import { takeForDispatch, undoDispatch, type Nudge } from '../rows/dispatch.js';

/** The queue on which a new job of a kind is delivered. */
export const queueOf: Readonly<Record<JobKind, QueueName>> = {
  split: 'splitting',
  embed: 'embedding-submit',
  speak: 'embedding-submit',
  import: 'splitting',
};

/** Rows taken at a time. */
const batch = 100;

/** Sends queued jobs to their queues. If Redis does not take a delivery, the row stays and is dispatched again. */
@Injectable()
export class Dispatcher {
  constructor(
    private readonly database: Database,
    private readonly queues: JobQueues,
    @Inject(CONFIG) private readonly config: Pick<Config, 'maxActiveJobsPerPartner'>,
  ) {}

  /**
   * Dispatches queued jobs, taking turns between partners.
   *
   * @param partnerId only this partner's jobs
   * @returns how many were sent
   */
  async dispatch(partnerId: string | null = null): Promise<number> {
    if (!this.queues.ready()) return 0;
    const taken = await takeForDispatch(this.database, {
      limit: batch,
      maxActivePerPartner: this.config.maxActiveJobsPerPartner,
      partnerId,
    });
    const sent = await Promise.all(taken.map((nudge) => this.send(nudge)));
    return sent.filter(Boolean).length;
  }

  /** Dispatches a partner's jobs right after a commit. Does not wait: the scheduled dispatch sends what this misses. */
  dispatchSoon(partnerId: string): void {
    this.database.afterCommit(() => void this.dispatch(partnerId).catch(() => undefined));
  }

  private async send(nudge: Nudge): Promise<boolean> {
    const sent = await this.queues.send(queueOf[nudge.kind], {
      jobId: nudge.id,
      generation: nudge.generation,
      number: nudge.nudges,
      priority: nudge.rank,
    });
    if (!sent) await undoDispatch(this.database, nudge);
    return sent;
  }
}
