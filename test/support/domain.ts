import { createHash, randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Module, type DynamicModule, type INestApplicationContext, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { pino } from 'pino';
import { AUDIO_TOOLS, EncodeSlots } from '#libs/audio';
import { AuthModule } from '#libs/auth';
import { readConfig } from '#libs/config';
import { ConsentModule } from '#libs/consent';
import { Database, DatabaseModule, type JobKind, type StoredScore } from '#libs/database';
import { EmbeddingResults, EmbeddingsModule, type CollectedEmbedding } from '#libs/embeddings';
import { EventsModule } from '#libs/events';
import { IdempotencyModule } from '#libs/idempotency';
import { claimJob, JobsModule, type EmbedJob, type Job, type JobOf } from '#libs/jobs';
import { Metrics } from '#libs/metrics';
import { ConsentRevocations, Processing } from '#libs/processing';
import {
  encodeTurns,
  FFMPEG_TURNS,
  SamplesModule,
  SplitStepModule,
  type ConvertedSample,
  type SplitSample,
} from '#libs/samples';
import { RecomputeModule } from '#libs/recompute';
import { ServiceModule } from '#libs/service';
import { analysisKey, originalKey, ScratchFolder, StorageModule, uploadKey } from '#libs/storage';
import { ImportStepModule, TransferModule } from '#libs/transfer';
import { VoicesModule, VoicesService, type NewOriginal, type RequestedSplit, type StoredRecording } from '#libs/voices';
import { audioTools } from './audio-measure.js';
import { freshDatabase, type FreshDatabase } from './database.js';
import { goodFigures } from './quality-figures.js';
import { temporaryFolder } from './services.js';

/** Nobody listens there: how a process sees a Redis that is down. */
export const deadRedisUrl = 'redis://127.0.0.1:1';

export interface DomainOptions {
  /** Default: Redis is down. Nothing that a request does needs it. */
  readonly redisUrl?: string;
  readonly maxActiveJobsPerPartner?: number;
  /** Default: one sentence. Empty: those of the voice's language. */
  readonly testSentences?: string;
  /** REQUIRE_CONSENT. */
  readonly requireConsent?: boolean;
}

/** What the processes provide by themselves: ffmpeg with one slot, a scratch folder, metrics. */
@Module({})
class PartsModule {
  static with(scratch: ScratchFolder): DynamicModule {
    const [tools, slots] = [audioTools(), new EncodeSlots(1)];
    const providers = [
      { provide: AUDIO_TOOLS, useValue: tools },
      { provide: ScratchFolder, useValue: scratch },
      { provide: Metrics, useValue: new Metrics('worker') },
      { provide: EncodeSlots, useValue: slots },
      { provide: FFMPEG_TURNS, useValue: encodeTurns(slots, tools) },
    ];
    return { module: PartsModule, global: true, providers, exports: providers };
  }
}

@Module({})
class DomainModule {
  static forRoot(databaseUrl: string, folder: string, scratch: ScratchFolder, options: DomainOptions): DynamicModule {
    const redisUrl = options.redisUrl ?? deadRedisUrl;
    const config = readConfig({
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      STORAGE_URL: pathToFileURL(folder).href,
      PUBLIC_URL: 'http://timbre.test',
      SIGNING_SECRET: 'a secret of the tests, long enough',
      RUNPOD_BASE_URL: 'http://127.0.0.1:1/v2',
      RUNPOD_API_KEY: 'a key of the tests',
      RUNPOD_ENDPOINTS: 'kyutai=endpoint,other=endpoint-of-other',
      RUNPOD_CONTRACT: '2',
      REQUIRE_CONSENT: String(options.requireConsent ?? false),
      TEST_SENTENCES: options.testSentences ?? 'One.',
      MAX_ACTIVE_JOBS_PER_PARTNER: String(options.maxActiveJobsPerPartner ?? 20),
      RECOMPUTE_AT_A_TIME: '2',
    });
    return {
      module: DomainModule,
      imports: [
        ServiceModule.forRoot({ service: 'api', config, logger: pino({ level: 'silent' }) }),
        PartsModule.with(scratch),
        DatabaseModule,
        StorageModule,
        JobsModule,
        AuthModule,
        VoicesModule,
        SamplesModule,
        SplitStepModule,
        EmbeddingsModule,
        EventsModule,
        ConsentModule,
        IdempotencyModule,
        RecomputeModule,
        TransferModule,
        ImportStepModule,
      ],
      providers: [ConsentRevocations, EmbeddingResults, Processing],
    };
  }
}

/** The libs as both processes wire them, on a database and a storage folder of their own. */
export class Domain {
  private constructor(
    private readonly fresh: FreshDatabase,
    private readonly folder: string,
    private readonly scratch: ScratchFolder,
    private readonly context: INestApplicationContext,
  ) {}

  static async open(options: DomainOptions = {}): Promise<Domain> {
    const fresh = await freshDatabase();
    const folder = temporaryFolder();
    const scratch = await ScratchFolder.open(path.join(folder, 'scratch'), 'worker');
    const module = DomainModule.forRoot(fresh.url, folder, scratch, options);
    return new Domain(fresh, folder, scratch, await NestFactory.createApplicationContext(module, { logger: false }));
  }

  get databaseUrl(): string {
    return this.fresh.url;
  }

  get database(): Database {
    return this.context.get(Database);
  }

  /** A service or repository, as the processes get it. */
  get<T>(token: Type<T> | symbol): T {
    return this.context.get<T>(token, { strict: false });
  }

  /** The file that holds an object. */
  objectPath(key: string): string {
    return path.join(this.folder, 'objects', key);
  }

  async close(): Promise<void> {
    await this.context.close();
    await this.scratch.close();
    await this.fresh.drop();
    rmSync(this.folder, { recursive: true });
  }

  /** A new partner's id. */
  async partner(): Promise<string> {
    const [row] = await this.database.query<{ id: string }>('INSERT INTO partners (name) VALUES ($1) RETURNING id', [
      `p-${randomUUID()}`,
    ]);
    return required(row).id;
  }

  /** The id of a new voice without anything. */
  async emptyVoice(partnerId?: string): Promise<string> {
    const voice = await this.newVoice(partnerId);
    await this.get(VoicesService).create(voice, null);
    return voice.id;
  }

  /** The id of a new voice whose first split is queued. */
  async uploadedVoice(
    partnerId?: string,
    recording: Partial<StoredRecording> = {},
    split?: RequestedSplit,
  ): Promise<string> {
    const voice = await this.newVoice(partnerId);
    const upload = { uploadKey: uploadKey(voice.id, randomUUID()), bytes: 5000, uploadedName: 'recording.wav' };
    await this.get(VoicesService).create(voice, { ...upload, durationSeconds: 185.4, ...recording }, split);
    return voice.id;
  }

  /** The one active job of a kind. */
  async jobId(voiceId: string, kind: JobKind): Promise<string> {
    const [row] = await this.database.query<{ id: string }>(
      `SELECT id FROM jobs WHERE voice_id = $1 AND kind = $2 AND state IN ('queued', 'running', 'waiting')`,
      [voiceId, kind],
    );
    return required(row).id;
  }

  /** Claims the one active job of a kind, as a worker does. */
  async claim<K extends JobKind>(voiceId: string, kind: K): Promise<JobOf<K>> {
    return ofKind(kind, await claimJob(this.database, await this.jobId(voiceId, kind)));
  }

  /** A row of a table by its id, by column names. */
  async row(table: 'voices' | 'jobs', id: string): Promise<Readonly<Record<string, unknown>>> {
    const [row] = await this.database.query<Readonly<Record<string, unknown>>>(`SELECT * FROM ${table} WHERE id = $1`, [
      id,
    ]);
    return required(row);
  }

  /** How many rows a statement's count() counts. */
  async count(from: string, parameters: readonly unknown[] = []): Promise<number> {
    const [row] = await this.database.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${from}`, parameters);
    return required(row).n;
  }

  /** What must go, and in how many seconds, soonest first. */
  removals(): Promise<{ readonly target: string; readonly inSeconds: number }[]> {
    return this.database.query(
      `SELECT target, extract(epoch FROM due_at - now())::int AS "inSeconds" FROM object_removals ORDER BY due_at, id`,
    );
  }

  /** Makes the lease of a running job run out, as the death of its worker does. */
  async expireLease(jobId: string): Promise<void> {
    await this.database.query(`UPDATE jobs SET leased_until = now() - interval '1 second' WHERE id = $1`, [jobId]);
  }

  private async newVoice(partnerId?: string): Promise<Parameters<VoicesService['create']>[0]> {
    const id = randomUUID();
    const owner = partnerId ?? (await this.partner());
    return { id, partnerId: owner, name: `voice ${id}`, creatorName: null, creatorEmail: null, language: 'en' };
  }
}

/** Samples as a generation of a split cuts them. */
export function cutSamples(job: Pick<Job, 'voiceId' | 'id' | 'generation'>, count: number): SplitSample[] {
  return Array.from({ length: count }, (_, at) => {
    const objectKey = `voices/${job.voiceId}/jobs/${job.id}/${job.generation}/samples/${at + 1}.opus`;
    const sha256 = createHash('sha256').update(objectKey).digest('hex');
    return { index: at + 1, sourceStartSeconds: at * 15, durationSeconds: 15, objectKey, bytes: 1000, sha256 };
  });
}

/** The original as a generation of a split stores it. */
export function storedOriginal(
  { voiceId, id: jobId, generation }: Pick<Job, 'voiceId' | 'id' | 'generation'>,
  durationSeconds = 185.37,
): NewOriginal {
  const objectKey = originalKey({ voiceId, jobId, generation });
  return {
    ...{ objectKey, bytes: 2000, analysisKey: analysisKey(objectKey), analysisBytes: 300 },
    ...{ durationSeconds, missing: [] },
  };
}

/** What a run of this generation delivers, its test samples those of sentence 1. */
export function collected(job: EmbedJob, scores: readonly StoredScore[]): CollectedEmbedding {
  const folder = `voices/${job.voiceId}/jobs/${job.id}/${job.generation}`;
  return {
    archiveKey: `${folder}/embedding.zip`,
    archiveBytes: 700,
    engine: { name: 'acoustic-baseline', version: '1', model: null, revision: null, scorer: 'bhattacharyya' },
    language: 'en',
    testSentences: ['The quick brown fox jumps over the lazy dog.'],
    sampleEmbeddings: [],
    scores,
    testSamples: scores.map(({ sampleIndex }) => ({
      sampleIndex,
      sentenceIndex: 1,
      durationSeconds: 3.2004,
      objectKey: `${folder}/test/${sampleIndex}_1.opus`,
      bytes: 38_400,
      sha256: 'ef'.repeat(32),
    })),
    failedSamples: [],
    consentScores: [],
    inboxPrefix: `voices/${job.voiceId}/inbox/${job.id}/${job.generation}/`,
  };
}

/** An uploaded sample, converted and stored. */
export function convertedSample(voiceId: string): ConvertedSample {
  return {
    objectKey: `voices/${voiceId}/uploaded/${randomUUID()}.opus`,
    durationSeconds: 12.3456,
    quality: goodFigures,
    bytes: 1000,
    sha256: 'cd'.repeat(32),
  };
}

export const resplit: RequestedSplit = { maxSamples: 30, sampleDurationSeconds: 10 };

/** A job that must exist and be of this kind. */
export function ofKind<K extends JobKind>(kind: K, job: Job | null): JobOf<K> {
  const isOfKind = (one: Job | null): one is JobOf<K> => one?.kind === kind;
  if (!isOfKind(job)) throw new Error(`There is no ${kind} job`);
  return job;
}

/** What a test cannot go on without. */
export function required<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('There is none');
  return value;
}
