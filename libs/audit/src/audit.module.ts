import { Module } from '@nestjs/common';
import { AuditLogRepository } from './audit-log.repository.js';

/** Reads the audit log and deletes its old entries. `recordChange` writes it. */
@Module({ providers: [AuditLogRepository], exports: [AuditLogRepository] })
export class AuditModule {}
