import { Module } from '@nestjs/common';
import { AuditLogRepository } from '#libs/audit';
import { Database } from '#libs/database';
import { VoicesModule } from '#libs/voices';
import { AdminJobsController } from './admin-jobs.controller.js';
import { AdminJobsRepository } from './admin-jobs.repository.js';
import { AdminKeysController } from './admin-keys.controller.js';
import { AuditController } from './audit.controller.js';

/** What operators do over HTTP. */
@Module({
  imports: [VoicesModule],
  controllers: [AdminKeysController, AdminJobsController, AuditController],
  providers: [
    {
      provide: AdminJobsRepository,
      useFactory: (database: Database) => new AdminJobsRepository(database),
      inject: [Database],
    },
    {
      provide: AuditLogRepository,
      useFactory: (database: Database) => new AuditLogRepository(database),
      inject: [Database],
    },
  ],
})
export class AdminModule {}
