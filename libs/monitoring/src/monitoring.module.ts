import { Module, type DynamicModule } from '@nestjs/common';
import { Database } from '#libs/database';
import { JobQueues } from '#libs/jobs';
import { Metrics } from '#libs/metrics';
import { OBJECT_STORAGE, type ObjectStorage } from '#libs/storage';
import { Gauges } from './gauges.js';
import { Health } from './health.js';
import { MonitoringServer } from './monitoring-server.js';
import { WorkAtHandRepository } from './work-at-hand.repository.js';

export interface MonitoringModuleOptions {
  readonly app: 'api' | 'worker';
  /** undefined: metrics are counted, and nobody can ask for them. */
  readonly port: number | undefined;
  readonly host: string;
}

/** How a process is doing, for operators. Needs a global `Database`, `JobQueues` and object storage. */
@Module({})
export class MonitoringModule {
  static forRoot({ app, port, host }: MonitoringModuleOptions): DynamicModule {
    return {
      module: MonitoringModule,
      global: true,
      providers: [
        { provide: Metrics, useFactory: () => new Metrics(app) },
        {
          provide: Health,
          useFactory: (database: Database, queues: JobQueues, storage: ObjectStorage) =>
            new Health(database, queues, storage),
          inject: [Database, JobQueues, OBJECT_STORAGE],
        },
        {
          provide: Gauges,
          useFactory: (metrics: Metrics, health: Health, database: Database, queues: JobQueues) =>
            new Gauges(metrics, health, database, new WorkAtHandRepository(database), queues),
          inject: [Metrics, Health, Database, JobQueues],
        },
        {
          provide: MonitoringServer,
          useFactory: (metrics: Metrics, gauges: Gauges, health: Health) =>
            new MonitoringServer(metrics, gauges, health, { host, port }),
          inject: [Metrics, Gauges, Health],
        },
      ],
      exports: [Metrics, Health],
    };
  }
}
