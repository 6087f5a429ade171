import type { OnApplicationShutdown } from '@nestjs/common';
import { queueNames, type JobQueues } from './job-queues.js';
import type { RedisConnection } from './redis-connection.js';

/** What Bull needs to tell Redis of what has ended; with Redis away it would wait for ever. */
const patienceMs = 2_000;

/** Closes the queues, and then the connections that Bull was given: it ends only those it made itself. */
export class QueueConnectionCloser implements OnApplicationShutdown {
  constructor(
    private readonly queues: Pick<JobQueues, 'get'>,
    private readonly made: readonly RedisConnection[],
  ) {}

  async onApplicationShutdown(): Promise<void> {
    const closed = Promise.allSettled(queueNames.map((name) => this.queues.get(name).close()));
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([closed, new Promise((resolve) => (timer = setTimeout(resolve, patienceMs)))]);
    clearTimeout(timer);
    for (const connection of this.made) connection.disconnect();
    await closed;
  }
}
