import { BullModule } from '@nestjs/bull';
import { Global, Module } from '@nestjs/common';
import { CONFIG, type Config } from '#libs/config';
import { Dispatcher } from './engine/dispatcher.js';
import { JobQueues } from './queues/job-queues.js';
import { QUEUE_CONNECTIONS, QueueConnectionCloser } from './queues/queue-connection-closer.js';
import { queueNames, queueOptions, queueSettings } from './queues/queue-options.js';
import { queueConnections, type QueueConnections } from './queues/redis-connection.js';

@Module({
  providers: [
    {
      provide: QUEUE_CONNECTIONS,
      useFactory: ({ redisUrl }: Config) => queueConnections(redisUrl, queueOptions.redis),
      inject: [CONFIG],
    },
  ],
  exports: [QUEUE_CONNECTIONS],
})
class QueueConnectionsModule {}

/** The queues of a process and the dispatcher that fills them. Needs the global `Database` and `CONFIG`. */
@Global()
@Module({
  imports: [
    QueueConnectionsModule,
    BullModule.forRootAsync({
      imports: [QueueConnectionsModule],
      useFactory: ({ options }: QueueConnections) => ({ ...queueOptions, ...options }),
      inject: [QUEUE_CONNECTIONS],
    }),
    BullModule.registerQueue(...queueNames.map(queueSettings)),
  ],
  providers: [JobQueues, Dispatcher, QueueConnectionCloser],
  exports: [JobQueues, Dispatcher],
})
export class JobsModule {}
