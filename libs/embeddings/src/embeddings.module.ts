import { Module, type DynamicModule } from '@nestjs/common';
import { Database } from '#libs/database';
import { Dispatcher } from '#libs/jobs';
import { Processing, VoicesModule, VoicesService } from '#libs/voices';
import { EmbeddingResults } from './embedding-results.js';
import { EmbeddingsService } from './embeddings.service.js';
import { GpuJobsRepository } from './gpu-jobs.repository.js';
import { TestSamplesRepository } from './test-samples.repository.js';
import { WebhooksService } from './webhooks.service.js';

export interface EmbeddingsModuleOptions {
  /** The tts types there is an endpoint for. */
  readonly ttsTypes: readonly string[];
}

/** Embeddings and test samples. */
@Module({})
export class EmbeddingsModule {
  static forRoot(options: EmbeddingsModuleOptions): DynamicModule {
    return {
      module: EmbeddingsModule,
      imports: [VoicesModule],
      providers: [
        EmbeddingResults,
        WebhooksService,
        {
          provide: TestSamplesRepository,
          useFactory: (database: Database) => new TestSamplesRepository(database),
          inject: [Database],
        },
        {
          provide: GpuJobsRepository,
          useFactory: (database: Database) => new GpuJobsRepository(database),
          inject: [Database],
        },
        {
          provide: EmbeddingsService,
          useFactory: (
            database: Database,
            tests: TestSamplesRepository,
            processing: Processing,
            dispatcher: Dispatcher,
            voices: VoicesService,
          ) => new EmbeddingsService(database, tests, processing, dispatcher, voices, options.ttsTypes),
          inject: [Database, TestSamplesRepository, Processing, Dispatcher, VoicesService],
        },
      ],
      exports: [EmbeddingsService, EmbeddingResults, GpuJobsRepository, WebhooksService],
    };
  }
}
