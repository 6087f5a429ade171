import { BullModule } from '@nestjs/bull';
import { Module, type DynamicModule } from '@nestjs/common';
import { Database } from '#libs/database';
import { DispatchRepository } from './dispatch.repository.js';
import { Dispatcher } from './dispatcher.js';
import { JobQueues, pollLimit, queueNames, queueOptions } from './job-queues.js';
import { JobsRepository } from './jobs.repository.js';

export interface JobsModuleOptions {
  readonly redisUrl: string;
  readonly maxActiveJobsPerPartner: number;
}

/** The jobs of a process: their rows, the queues and what brings the one to the other. Needs a global `Database`. */
@Module({})
export class JobsModule {
  static forRoot(options: JobsModuleOptions): DynamicModule {
    return {
      module: JobsModule,
      global: true,
      imports: [
        BullModule.forRoot({ url: options.redisUrl, ...queueOptions }),
        BullModule.registerQueue(
          ...queueNames.map((name) => ({ name, ...(name === 'embedding-poll' && { limiter: pollLimit }) })),
        ),
      ],
      providers: [
        JobQueues,
        Dispatcher,
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
