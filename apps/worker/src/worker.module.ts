import { Module, type DynamicModule } from '@nestjs/common';
import { EncodeSlots, type AudioTools } from '#libs/audio';
import { AuditLogRepository } from '#libs/audit';
import type { Config } from '#libs/config';
import { Database, DatabaseModule } from '#libs/database';
import { EmbeddingResults, EmbeddingsModule, GpuJobsRepository } from '#libs/embeddings';
import { Dispatcher, DispatchRepository, jobLine, JobQueues, JobsModule, JobsRepository } from '#libs/jobs';
import type { Logger } from '#libs/logging';
import { Metrics } from '#libs/metrics';
import { MonitoringModule } from '#libs/monitoring';
import { RunpodClient } from '#libs/runpod';
import { SamplesModule, SamplesService, SplittingService } from '#libs/samples';
import { OBJECT_STORAGE, ScratchFolder, StorageModule, type ObjectStorage } from '#libs/storage';
import { Processing, VoicesModule } from '#libs/voices';
import { CollectStep } from './embedding/collect.step.js';
import { EmbeddingProcessor } from './embedding/embedding.processor.js';
import { GpuWait } from './embedding/gpu-wait.js';
import { PollStep } from './embedding/poll.step.js';
import { SubmitStep } from './embedding/submit.step.js';
import { JobRunner } from './running/job-runner.js';
import { QueueConsumers } from './running/queue-consumers.js';
import { Stopping } from './running/stopping.js';
import { SplitStep } from './splitting/split.step.js';
import { SplittingProcessor } from './splitting/splitting.processor.js';
import { GarbageCollector } from './upkeep/garbage-collector.js';
import { GpuCanceller } from './upkeep/gpu-canceller.js';
import { StoredObjectsRepository } from './upkeep/stored-objects.repository.js';
import { Upkeep } from './upkeep/upkeep.js';

/** What is made before the module: it may take time or fail with words of its own. */
export interface WorkerParts {
  readonly config: Config;
  readonly logger: Logger;
  readonly tools: AudioTools;
  readonly scratch: ScratchFolder;
}

/** RunPod answers /run and /status quickly or not at all. */
const runpodTimeoutMs = 30_000;

/** The worker: the API minus HTTP, plus the pipeline's steps. */
@Module({})
export class WorkerModule {
  static forRoot({ config, logger, tools, scratch }: WorkerParts): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        DatabaseModule.forRoot({
          databaseUrl: config.databaseUrl,
          poolSize: config.databasePoolSize,
          applicationName: 'timbre-worker',
        }),
        StorageModule.forRoot({
          url: config.storageUrl,
          clientBaseUrl: config.publicUrl,
          gpuBaseUrl: config.callbackUrl,
          secrets: config.signingSecrets,
        }),
        JobsModule.forRoot({ redisUrl: config.redisUrl, maxActiveJobsPerPartner: config.maxActiveJobsPerPartner }),
        VoicesModule,
        SamplesModule,
        EmbeddingsModule.forRoot({ ttsTypes: [...config.runpodEndpoints.keys()] }),
        MonitoringModule.forRoot({ app: 'worker', port: config.metricsPort, host: config.metricsHost }),
      ],
      providers: [
        { provide: Stopping, useFactory: () => new Stopping() },
        {
          provide: RunpodClient,
          useFactory: (metrics: Metrics) =>
            new RunpodClient({
              baseUrl: config.runpodBaseUrl,
              apiKey: config.runpodApiKey,
              timeoutMs: runpodTimeoutMs,
              onCall: (call, outcome, seconds) => metrics.observe('runpodCallSeconds', { call, outcome }, seconds),
            }),
          inject: [Metrics],
        },
        {
          provide: StoredObjectsRepository,
          useFactory: (database: Database) => new StoredObjectsRepository(database),
          inject: [Database],
        },
        {
          provide: AuditLogRepository,
          useFactory: (database: Database) => new AuditLogRepository(database),
          inject: [Database],
        },
        {
          provide: GarbageCollector,
          useFactory: (storage: ObjectStorage, rows: StoredObjectsRepository) =>
            new GarbageCollector(storage, rows, logger),
          inject: [OBJECT_STORAGE, StoredObjectsRepository],
        },
        {
          provide: GpuCanceller,
          useFactory: (rows: StoredObjectsRepository, client: RunpodClient) => new GpuCanceller(rows, client, logger),
          inject: [StoredObjectsRepository, RunpodClient],
        },
        {
          provide: JobRunner,
          useFactory: (
            database: Database,
            jobs: JobsRepository,
            processing: Processing,
            garbage: GarbageCollector,
            stopping: Stopping,
            metrics: Metrics,
          ) => new JobRunner(database, jobs, processing, garbage, stopping, metrics, logger),
          inject: [Database, JobsRepository, Processing, GarbageCollector, Stopping, Metrics],
        },
        {
          provide: SplitStep,
          useFactory: (splitting: SplittingService, storage: ObjectStorage, metrics: Metrics) =>
            new SplitStep(splitting, storage, scratch, {
              tools,
              maxRecordingSeconds: config.maxRecordingSeconds,
              slots: new EncodeSlots(config.ffmpegProcesses),
              onConverted: (seconds) => metrics.count('audioSeconds', { source: 'recording' }, seconds),
            }),
          inject: [SplittingService, OBJECT_STORAGE, Metrics],
        },
        {
          provide: SplittingProcessor,
          useFactory: (runner: JobRunner, step: SplitStep) => new SplittingProcessor(runner, step),
          inject: [JobRunner, SplitStep],
        },
        {
          provide: GpuWait,
          useFactory: (gpuJobs: GpuJobsRepository, queues: JobQueues) => new GpuWait(gpuJobs, queues),
          inject: [GpuJobsRepository, JobQueues],
        },
        {
          provide: SubmitStep,
          useFactory: (
            database: Database,
            gpuJobs: GpuJobsRepository,
            samples: SamplesService,
            storage: ObjectStorage,
            client: RunpodClient,
            gpuWait: GpuWait,
          ) => new SubmitStep(database, gpuJobs, samples, storage, client, gpuWait, config, logger),
          inject: [Database, GpuJobsRepository, SamplesService, OBJECT_STORAGE, RunpodClient, GpuWait],
        },
        {
          provide: PollStep,
          useFactory: (
            gpuJobs: GpuJobsRepository,
            processing: Processing,
            storage: ObjectStorage,
            client: RunpodClient,
            queues: JobQueues,
            metrics: Metrics,
          ) =>
            new PollStep(gpuJobs, processing, storage, client, queues, {
              unknownOutcomeSeconds: config.runpodUnknownOutcomeSeconds,
              onFailed: (job, why) => {
                logger.warn({ ...jobLine(job), kind: job.kind, ...why }, 'job failed');
                metrics.count('jobsFailed', { kind: job.kind, code: why.code });
              },
            }),
          inject: [GpuJobsRepository, Processing, OBJECT_STORAGE, RunpodClient, JobQueues, Metrics],
        },
        {
          provide: CollectStep,
          useFactory: (
            results: EmbeddingResults,
            gpuWait: GpuWait,
            samples: SamplesService,
            storage: ObjectStorage,
            client: RunpodClient,
          ) =>
            new CollectStep(results, gpuWait, samples, storage, client, { sentenceCount: config.testSentences.length }),
          inject: [EmbeddingResults, GpuWait, SamplesService, OBJECT_STORAGE, RunpodClient],
        },
        {
          provide: EmbeddingProcessor,
          useFactory: (
            runner: JobRunner,
            submit: SubmitStep,
            poll: PollStep,
            collect: CollectStep,
            stopping: Stopping,
          ) => new EmbeddingProcessor(runner, submit, poll, collect, stopping, logger),
          inject: [JobRunner, SubmitStep, PollStep, CollectStep, Stopping],
        },
        {
          provide: QueueConsumers,
          useFactory: (
            queues: JobQueues,
            splitting: SplittingProcessor,
            embedding: EmbeddingProcessor,
            stopping: Stopping,
          ) =>
            new QueueConsumers(
              queues,
              splitting,
              embedding,
              stopping,
              { ffmpegProcesses: config.ffmpegProcesses, graceSeconds: config.shutdownGraceSeconds },
              logger,
            ),
          inject: [JobQueues, SplittingProcessor, EmbeddingProcessor, Stopping],
        },
        {
          provide: Upkeep,
          useFactory: (
            dispatcher: Dispatcher,
            rows: DispatchRepository,
            processing: Processing,
            garbage: GarbageCollector,
            canceller: GpuCanceller,
            objects: StoredObjectsRepository,
            audit: AuditLogRepository,
            metrics: Metrics,
          ) =>
            new Upkeep(
              dispatcher,
              rows,
              processing,
              garbage,
              canceller,
              objects,
              audit,
              config.auditKeepDays,
              metrics,
              logger,
            ),
          inject: [
            Dispatcher,
            DispatchRepository,
            Processing,
            GarbageCollector,
            GpuCanceller,
            StoredObjectsRepository,
            AuditLogRepository,
            Metrics,
          ],
        },
      ],
    };
  }
}
