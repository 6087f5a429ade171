export { breaksConstraint } from './connection-failure.js';
export { createDataSource } from './data-source.js';
export { DatabaseClock } from './database-clock.js';
export { Database, rowsOf, type Transaction } from './database.js';
export { ApiKeyEntity, type KeyScope } from './entities/api-key.entity.js';
export { AuditEntryEntity } from './entities/audit-entry.entity.js';
export {
  ConsentEntity,
  type ConsentMethod,
  type StoredConsentFile,
  type StoredConsentRecording,
} from './entities/consent.entity.js';
export { EmbeddingEntity, type StoredScore, type UpdateStatus } from './entities/embedding.entity.js';
export {
  EmbeddingRunEntity,
  type RunFailure,
  type RunSample,
  type RunTestSample,
  type StoredEngine,
  type StoredSampleEmbedding,
} from './entities/embedding-run.entity.js';
export { EventEntity } from './entities/event.entity.js';
export { GpuCancellationEntity } from './entities/gpu-cancellation.entity.js';
export {
  JobEntity,
  type EmbedParams,
  type ImportParams,
  type JobKind,
  type JobProgress,
  type JobStage,
  type JobState,
  type ShownEmbedding,
  type SpeakParams,
  type SplitParams,
} from './entities/job.entity.js';
export { ObjectRemovalEntity } from './entities/object-removal.entity.js';
export { PartnerEntity } from './entities/partner.entity.js';
export type { RecomputeState } from './entities/recompute.entity.js';
export { SampleEntity } from './entities/sample.entity.js';
export { SpeechEntity } from './entities/speech.entity.js';
export { TestSampleEntity } from './entities/test-sample.entity.js';
export {
  VoiceEntity,
  type ProcessingStatus,
  type StoredMissingAudio,
  type StoredWarning,
} from './entities/voice.entity.js';
export { WebhookDeliveryEntity } from './entities/webhook-delivery.entity.js';
export { WebhookEntity } from './entities/webhook.entity.js';
export { migrate } from './migrate.js';
export { noteChange, type ChangeSubject } from './open-change.js';
export { schemaDrift } from './schema-drift.js';
export { DatabaseModule } from './database.module.js';
export { Notifications, type NotificationsConfig } from './notifications.js';
export { settingOnce } from './settings.js';
export { lockVoice } from './voice-lock.js';
export { waitForSchema } from './wait-for-schema.js';
