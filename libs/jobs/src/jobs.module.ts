import { BullModule } from '@nestjs/bull';
import { Module, type DynamicModule } from '@nestjs/common';
import { Database } from '#libs/database';
import { DispatchRepository } from './dispatch.repository.js';
import { Dispatcher } from './dispatcher.js';
import { JobQueues, queueNames, queueOptions, queueSettings } from './job-queues.js';
import { JobsRepository } from './jobs.repository.js';
import { QueueConnectionCloser } from './queue-connection-closer.js';
import { queueConnections } from './redis-connection.js';

export interface JobsModuleOptions {
  readonly redisUrl: string;
  readonly maxActiveJobsPerPartner: number;
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
        BullModule.registerQueue(...queueNames.map(queueSettings)),
      ],
      providers: [
        JobQueues,
        Dispatcher,
        {
          provide: QueueConnectionCloser,
          useFactory: (queues: JobQueues) => new QueueConnectionCloser(queues, connections.made),
          inject: [JobQueues],
        },
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
