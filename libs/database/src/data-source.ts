import { DataSource } from 'typeorm';
import { servingLimits, type ConnectionLimits } from './connection-limits.js';
import { ApiKeyEntity } from './entities/api-key.entity.js';
import { AuditEntryEntity } from './entities/audit-entry.entity.js';
import { EmbeddingEntity } from './entities/embedding.entity.js';
import { GpuCancellationEntity } from './entities/gpu-cancellation.entity.js';
import { JobEntity } from './entities/job.entity.js';
import { ObjectRemovalEntity } from './entities/object-removal.entity.js';
import { PartnerEntity } from './entities/partner.entity.js';
import { SampleEntity } from './entities/sample.entity.js';
import { SettingEntity } from './entities/setting.entity.js';
import { TestSampleEntity } from './entities/test-sample.entity.js';
import { VoiceEntity } from './entities/voice.entity.js';
import { FirstSchema1763800000000 } from './migrations/1763800000000-first-schema.js';
import { AuditLog1764000000000 } from './migrations/1764000000000-audit-log.js';
import { JobTraceparent1764100000000 } from './migrations/1764100000000-job-traceparent.js';
import { EmbeddingsByVoice1764200000000 } from './migrations/1764200000000-embeddings-by-voice.js';
import { VoiceWarnings1764300000000 } from './migrations/1764300000000-voice-warnings.js';
import { RecordingFacts1764350000000 } from './migrations/1764350000000-recording-facts.js';
import { GpuMissingSince1764400000000 } from './migrations/1764400000000-gpu-missing-since.js';

export interface DataSourceOptions {
  readonly databaseUrl: string;
  /** Connections this process may hold. */
  readonly poolSize: number;
  /** Shown by `pg_stat_activity`. */
  readonly applicationName: string;
  /** Default: those of requests and jobs. */
  readonly limits?: ConnectionLimits;
}

/**
 * A TypeORM data source of Timbre's schema, not yet connected.
 *
 * Time limits keep a sick Postgres from holding requests: 5 s for a connection, for the rest see connection-limits.ts.
 */
export function createDataSource(options: DataSourceOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url: options.databaseUrl,
    applicationName: options.applicationName,
    connectTimeoutMS: 5_000,
    poolSize: options.poolSize,
    extra: options.limits ?? servingLimits,
    poolErrorHandler: () => undefined, // a lost idle connection: the next query opens another
    entities: [
      PartnerEntity,
      ApiKeyEntity,
      VoiceEntity,
      SampleEntity,
      EmbeddingEntity,
      TestSampleEntity,
      JobEntity,
      ObjectRemovalEntity,
      GpuCancellationEntity,
      SettingEntity,
      AuditEntryEntity,
    ],
    migrations: [
      FirstSchema1763800000000,
      AuditLog1764000000000,
      JobTraceparent1764100000000,
      EmbeddingsByVoice1764200000000,
      VoiceWarnings1764300000000,
      RecordingFacts1764350000000,
      GpuMissingSince1764400000000,
    ],
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    synchronize: false,
  });
}
