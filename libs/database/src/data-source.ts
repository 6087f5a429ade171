import { DataSource } from 'typeorm';
import { servingLimits, type ConnectionLimits, type ServingOptions } from './connection-limits.js';
import { ApiKeyEntity } from './entities/api-key.entity.js';
import { AuditEntryEntity } from './entities/audit-entry.entity.js';
import { ConsentEntity } from './entities/consent.entity.js';
import { EmbeddingRunEntity } from './entities/embedding-run.entity.js';
import { EmbeddingEntity } from './entities/embedding.entity.js';
import { EventEntity } from './entities/event.entity.js';
import { GpuCancellationEntity } from './entities/gpu-cancellation.entity.js';
import { GpuUseEntity } from './entities/gpu-use.entity.js';
import { IdempotencyAnswerEntity } from './entities/idempotency-answer.entity.js';
import { IdempotencyKeyEntity } from './entities/idempotency-key.entity.js';
import { JobEntity } from './entities/job.entity.js';
import { ObjectRemovalEntity } from './entities/object-removal.entity.js';
import { PartnerEntity } from './entities/partner.entity.js';
import { ReportedEngineEntity } from './entities/reported-engine.entity.js';
import { RecomputeEntity, RecomputeVoiceEntity } from './entities/recompute.entity.js';
import { SampleEntity } from './entities/sample.entity.js';
import { SettingEntity } from './entities/setting.entity.js';
import { SpeechEntity } from './entities/speech.entity.js';
import { TestSampleEntity } from './entities/test-sample.entity.js';
import { VoiceEntity } from './entities/voice.entity.js';
import { WebhookDeliveryEntity } from './entities/webhook-delivery.entity.js';
import { WebhookEntity } from './entities/webhook.entity.js';
import { FirstSchema1763800000000 } from './migrations/1763800000000-first-schema.js';
import { AuditLog1764000000000 } from './migrations/1764000000000-audit-log.js';
import { JobTraceparent1764100000000 } from './migrations/1764100000000-job-traceparent.js';
import { EmbeddingsByVoice1764200000000 } from './migrations/1764200000000-embeddings-by-voice.js';
import { VoiceWarnings1764300000000 } from './migrations/1764300000000-voice-warnings.js';
import { RecordingFacts1764350000000 } from './migrations/1764350000000-recording-facts.js';
import { GpuMissingSince1764400000000 } from './migrations/1764400000000-gpu-missing-since.js';
import { RemovalTries1764410000000 } from './migrations/1764410000000-removal-tries.js';
import { JobsFinishedAt1764430000000 } from './migrations/1764430000000-jobs-finished-at.js';
import { EmbeddingRuns1764500000000 } from './migrations/1764500000000-embedding-runs.js';
import { Speeches1764510000000 } from './migrations/1764510000000-speeches.js';
import { AnalysisTracks1764520000000 } from './migrations/1764520000000-analysis-tracks.js';
import { VoiceLabels1764530000000 } from './migrations/1764530000000-voice-labels.js';
import { Events1764531000000 } from './migrations/1764531000000-events.js';
import { Webhooks1764532000000 } from './migrations/1764532000000-webhooks.js';
import { Idempotency1764533000000 } from './migrations/1764533000000-idempotency.js';
import { PartnerUsage1764534000000 } from './migrations/1764534000000-partner-usage.js';
import { Consents1764535000000 } from './migrations/1764535000000-consents.js';
import { VoiceStatusIndexes1764536000000 } from './migrations/1764536000000-voice-status-indexes.js';
import { KeptRuns1764540000000 } from './migrations/1764540000000-kept-runs.js';
import { Recomputes1764541000000 } from './migrations/1764541000000-recomputes.js';
import { Imports1764542000000 } from './migrations/1764542000000-imports.js';
import { RenewablePool } from './renewable-pool.js';

export interface DataSourceOptions extends ServingOptions {
  readonly databaseUrl: string;
  /** Maximum number of connections. */
  readonly poolSize: number;
  /** Shown by `pg_stat_activity`. */
  readonly applicationName: string;
  /** Default: the limits of requests and jobs. */
  readonly limits?: ConnectionLimits;
}

/**
 * Creates a TypeORM data source of Timbre's schema, not yet connected.
 *
 * Time limits prevent a failing Postgres from blocking requests: 5 s for a connection, the others in connection-limits.ts.
 */
export function createDataSource(options: DataSourceOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    driver: { Pool: RenewablePool },
    url: options.databaseUrl,
    applicationName: options.applicationName,
    connectTimeoutMS: 5_000,
    poolSize: options.poolSize,
    extra: options.limits ?? servingLimits(options),
    poolErrorHandler: () => undefined, // an idle connection was lost: the next query opens another
    entities: [
      PartnerEntity,
      ApiKeyEntity,
      VoiceEntity,
      SampleEntity,
      EmbeddingEntity,
      EmbeddingRunEntity,
      ReportedEngineEntity,
      TestSampleEntity,
      SpeechEntity,
      ConsentEntity,
      JobEntity,
      ObjectRemovalEntity,
      GpuCancellationEntity,
      GpuUseEntity,
      IdempotencyKeyEntity,
      IdempotencyAnswerEntity,
      SettingEntity,
      AuditEntryEntity,
      EventEntity,
      WebhookEntity,
      WebhookDeliveryEntity,
      RecomputeEntity,
      RecomputeVoiceEntity,
    ],
    migrations: [
      FirstSchema1763800000000,
      AuditLog1764000000000,
      JobTraceparent1764100000000,
      EmbeddingsByVoice1764200000000,
      VoiceWarnings1764300000000,
      RecordingFacts1764350000000,
      GpuMissingSince1764400000000,
      RemovalTries1764410000000,
      JobsFinishedAt1764430000000,
      EmbeddingRuns1764500000000,
      Speeches1764510000000,
      AnalysisTracks1764520000000,
      VoiceLabels1764530000000,
      Events1764531000000,
      Webhooks1764532000000,
      Idempotency1764533000000,
      PartnerUsage1764534000000,
      Consents1764535000000,
      VoiceStatusIndexes1764536000000,
      KeptRuns1764540000000,
      Recomputes1764541000000,
      Imports1764542000000,
    ],
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    synchronize: false,
  });
}
