import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { AuthModule } from '#libs/auth';
import type { Config } from '#libs/config';
import { DatabaseModule } from '#libs/database';
import { EmbeddingsModule } from '#libs/embeddings';
import { JobsModule } from '#libs/jobs';
import type { Logger } from '#libs/logging';
import { MonitoringModule } from '#libs/monitoring';
import { SamplesModule } from '#libs/samples';
import { StorageModule } from '#libs/storage';
import { VoicesModule } from '#libs/voices';
import { ApiKeyGuard } from './access/api-key.guard.js';
import { PartnerGuard } from './access/partner.guard.js';
import { RateLimitGuard } from './access/rate-limit.guard.js';
import { VoiceGuard } from './access/voice.guard.js';
import { AdminModule } from './admin/admin.module.js';
import { EmbeddingController } from './embeddings/embedding.controller.js';
import { TestSamplesController } from './embeddings/test-samples.controller.js';
import { HealthController } from './health/health.controller.js';
import { HooksController } from './hooks/hooks.controller.js';
import { EveryErrorFilter } from './http/every-error.filter.js';
import { ObjectsModule } from './objects/objects.module.js';
import { ProcessModule } from './process.module.js';
import { SamplesBundleController } from './samples/samples-bundle.controller.js';
import { SamplesController } from './samples/samples.controller.js';
import { UploadedSamples } from './samples/uploaded-samples.js';
import { SplittingController } from './splitting/splitting.controller.js';
import { CreateVoicesController } from './voices/create-voices.controller.js';
import { ListVoicesController } from './voices/list-voices.controller.js';
import { Recordings } from './voices/recordings.js';
import { VoiceLocations } from './voices/voice-location.js';
import { VoicesController } from './voices/voices.controller.js';

/** The REST API. */
@Module({})
export class AppModule {
  static with(config: Config, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ProcessModule.with(config, logger),
        DatabaseModule.forRoot({
          databaseUrl: config.databaseUrl,
          poolSize: config.databasePoolSize,
          applicationName: 'timbre-api',
        }),
        StorageModule.forRoot({
          url: config.storageUrl,
          secrets: config.signingSecrets,
          clientBaseUrl: config.publicUrl,
          gpuBaseUrl: config.callbackUrl,
        }),
        JobsModule.forRoot({
          redisUrl: config.redisUrl,
          maxActiveJobsPerPartner: config.maxActiveJobsPerPartner,
        }),
        AuthModule.forRoot({
          databaseUrl: config.databaseUrl,
          redisUrl: config.redisUrl,
          adminApiKeys: config.adminApiKeys,
        }),
        VoicesModule,
        SamplesModule,
        EmbeddingsModule.forRoot({ ttsTypes: [...config.runpodEndpoints.keys()] }),
        AdminModule,
        ObjectsModule,
        MonitoringModule.forRoot({ app: 'api', port: config.metricsPort, host: config.metricsHost }),
      ],
      controllers: [
        ListVoicesController,
        CreateVoicesController,
        VoicesController,
        SamplesController,
        SamplesBundleController,
        SplittingController,
        EmbeddingController,
        TestSamplesController,
        HealthController,
        HooksController,
      ],
      providers: [
        Recordings,
        UploadedSamples,
        VoiceLocations,
        // Each step of the contract's order of checks, in that order: 401, 429, 403, 404, then the body.
        { provide: APP_GUARD, useClass: ApiKeyGuard },
        { provide: APP_GUARD, useClass: RateLimitGuard },
        { provide: APP_GUARD, useClass: PartnerGuard },
        { provide: APP_GUARD, useClass: VoiceGuard },
        { provide: APP_FILTER, useExisting: EveryErrorFilter },
      ],
    };
  }
}
