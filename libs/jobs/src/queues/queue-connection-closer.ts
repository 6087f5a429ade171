import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { JobQueues } from './job-queues.js';
import { queueNames } from './queue-options.js';
import type { QueueConnections } from './redis-connection.js';
import { withinOrNull } from '#libs/service';

/** Injects the process's {@link QueueConnections}. */
export const QUEUE_CONNECTIONS = Symbol('QueueConnections');

/** Time for Bull to report ended jobs to Redis. Without Redis it would wait forever. */
const closeMs = 2_000;

/** Closes the queues, then the connections that were made for Bull, which closes only connections of its own. */
@Injectable()
export class QueueConnectionCloser implements OnApplicationShutdown {
  constructor(
    private readonly queues: JobQueues,
    @Inject(QUEUE_CONNECTIONS) private readonly connections: QueueConnections,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    const closed = Promise.allSettled(queueNames.map((name) => this.queues.get(name).close()));
    await withinOrNull(closeMs, closed);
    for (const connection of this.connections.made) connection.disconnect();
    await closed;
  }
}
