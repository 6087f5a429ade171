export { actingAs, currentActor, type Actor } from './actor.js';
export { AuditLogRepository, type AuditEntry, type AuditPage } from './audit-log.repository.js';
export { recordChange, type Change, type ChangeAction } from './record-change.js';
