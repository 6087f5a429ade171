import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { createDataSource, type DataSourceOptions } from './data-source.js';
import { Database } from './database.js';
import { whenReachable } from './when-reachable.js';

/** Closes the connections last, when nothing asks any more. */
class DatabaseCloser implements OnApplicationShutdown {
  constructor(private readonly database: Database) {}

  onApplicationShutdown(): Promise<void> {
    return this.database.close();
  }
}

/** One `Database` for the whole process. */
@Module({})
export class DatabaseModule {
  static forRoot(options: DataSourceOptions): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        { provide: Database, useFactory: () => whenReachable(() => new Database(createDataSource(options)).connect()) },
        {
          provide: DatabaseCloser,
          useFactory: (database: Database) => new DatabaseCloser(database),
          inject: [Database],
        },
      ],
      exports: [Database],
    };
  }
}
