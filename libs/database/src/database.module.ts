import { Global, Module } from '@nestjs/common';
import { CONFIG, type Config } from '#libs/config';
import { SERVICE, type ServiceName } from '#libs/service';
import { createDataSource } from './data-source.js';
import { DatabaseClock } from './database-clock.js';
import { Database } from './database.js';
import { Notifications } from './notifications.js';
import { whenReachable } from './when-reachable.js';

/** Waits until Postgres accepts connections. */
function connect(config: Config, service: ServiceName): Promise<Database> {
  const options = {
    databaseUrl: config.databaseUrl,
    isPooled: config.databaseIsPooled,
    poolSize: config.databasePoolSize,
    connectionSeconds: config.databaseConnectionSeconds,
    applicationName: `timbre-${service}`,
  };
  return whenReachable(() => new Database(createDataSource(options), options).connect());
}

/** One `Database` for the whole process, its clock, and the connection that listens for notifications. */
@Global()
@Module({
  providers: [{ provide: Database, useFactory: connect, inject: [CONFIG, SERVICE] }, DatabaseClock, Notifications],
  exports: [Database, DatabaseClock, Notifications],
})
export class DatabaseModule {}
