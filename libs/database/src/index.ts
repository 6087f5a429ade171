export { breaksConstraint } from './connection-failure.js';
export { createDataSource, type DataSourceOptions } from './data-source.js';
export { Database, rowsOf, type PoolUse, type Transaction } from './database.js';
export { ApiKeyEntity } from './entities/api-key.entity.js';
export { AuditEntryEntity } from './entities/audit-entry.entity.js';
export { EmbeddingEntity, type StoredScore, type UpdateStatus } from './entities/embedding.entity.js';
export { GpuCancellationEntity } from './entities/gpu-cancellation.entity.js';
export {
  JobEntity,
  type EmbedParams,
  type JobKind,
  type JobProgress,
  type JobStage,
  type JobState,
  type SplitParams,
} from './entities/job.entity.js';
export { ObjectRemovalEntity } from './entities/object-removal.entity.js';
export { PartnerEntity } from './entities/partner.entity.js';
export { SampleEntity } from './entities/sample.entity.js';
export { SettingEntity } from './entities/setting.entity.js';
export { TestSampleEntity } from './entities/test-sample.entity.js';
export {
  VoiceEntity,
  type PreferredBy,
  type ProcessingStatus,
  type StoredMissingAudio,
  type StoredWarning,
} from './entities/voice.entity.js';
export { missingMigrations, migrate, schemaDrift } from './migrate.js';
export { DatabaseModule } from './database.module.js';
export { settingOnce } from './settings.js';
export { lockVoice } from './voice-lock.js';
export { waitForPostgres } from './wait-for-postgres.js';
