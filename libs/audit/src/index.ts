export { actingAs, type Actor } from './actor.js';
export { AuditLogRepository, type AuditEntry } from './audit-log.repository.js';
export { AuditModule } from './audit.module.js';
export { recordChange, type ChangeAction } from './record-change.js';
