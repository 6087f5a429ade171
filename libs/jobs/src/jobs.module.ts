import { BullModule } from '@nestjs/bull';
import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '#libs/database';
import { DispatchRepository } from './dispatch.repository.js';
import { Dispatcher } from './dispatcher.js';
import { JobQueues, pollLimit, queueNames, queueOptions } from './job-queues.js';
import { JobsRepository } from './jobs.repository.js';
import { queueConnections, type RedisConnection } from './redis-connection.js';

export interface JobsModuleOptions {
  readonly redisUrl: string;
  readonly maxActiveJobsPerPartner: number;
}

/** Ends the connections that Bull was given; those it made it ends itself. */
class QueueConnectionCloser implements OnApplicationShutdown {
  constructor(private readonly made: readonly RedisConnection[]) {}

  onApplicationShutdown(): void {
    for (const connection of this.made) connection.disconnect();
  }
}

/** The jobs of a process: their rows, the queues and what brings the one to the other. Needs a global `Database`. */
@Module({})
export class JobsModule {
  static forRoot(options: JobsModuleOptions): DynamicModule {
    const connections = queueConnections(options.redisUrl, queueOptions.redis);
    return {
      module: JobsModule,
      global: true,
      imports: [
        BullModule.forRoot({ ...queueOptions, ...connections.options }),
        BullModule.registerQueue(
          ...queueNames.map((name) => ({ name, ...(name === 'embedding-poll' && { limiter: pollLimit }) })),
        ),
      ],
      providers: [
        JobQueues,
        Dispatcher,
        { provide: QueueConnectionCloser, useFactory: () => new QueueConnectionCloser(connections.made) },
        {
          provide: JobsRepository,
          useFactory: (database: Database) => new JobsRepository(database),
          inject: [Database],
        },
        {
          provide: DispatchRepository,
          useFactory: (database: Database) => new DispatchRepository(database, options.maxActiveJobsPerPartner),
          inject: [Database],
        },
      ],
      exports: [JobQueues, Dispatcher, JobsRepository, DispatchRepository],
    };
  }
}
