import { Module } from '@nestjs/common';
import { Database } from '#libs/database';
import { VoicesModule } from '#libs/voices';
import { AdminJobsController } from './admin-jobs.controller.js';
import { AdminJobsRepository } from './admin-jobs.repository.js';
import { AdminKeysController } from './admin-keys.controller.js';

/** What operators do over HTTP. */
@Module({
  imports: [VoicesModule],
  controllers: [AdminKeysController, AdminJobsController],
  providers: [
    {
      provide: AdminJobsRepository,
      useFactory: (database: Database) => new AdminJobsRepository(database),
      inject: [Database],
    },
  ],
})
export class AdminModule {}
