import { Module } from '@nestjs/common';
import { AuditModule } from '#libs/audit';
import { Processing } from '#libs/processing';
import { AdminJobsController } from './admin-jobs.controller.js';
import { AdminJobsRepository } from './admin-jobs.repository.js';
import { AuditController } from './audit.controller.js';

/** Jobs and the audit log, for operators. */
@Module({
  imports: [AuditModule],
  controllers: [AdminJobsController, AuditController],
  providers: [AdminJobsRepository, Processing],
})
export class AdminModule {}
