import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Module, type DynamicModule, type INestApplicationContext, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthModule } from '#libs/auth';
import { Database, DatabaseModule, type JobKind, type SplitParams, type StoredScore } from '#libs/database';
import { EmbeddingsModule, type CollectedEmbedding } from '#libs/embeddings';
import { JobsModule, JobsRepository, type ClaimedJob } from '#libs/jobs';
import { SamplesModule, type ConvertedSample, type CutSample } from '#libs/samples';
import { StorageModule, uploadKey } from '#libs/storage';
import { VoicesModule, VoicesService, type StoredRecording } from '#libs/voices';
import { freshDatabase, type FreshDatabase } from './database.js';
import { temporaryFolder } from './services.js';

/** Nobody listens there: how a process sees a Redis that is down. */
export const deadRedisUrl = 'redis://127.0.0.1:1';

export interface DomainOptions {
  /** Default: Redis is down. Nothing that a request does needs it. */
  readonly redisUrl?: string;
  readonly maxActiveJobsPerPartner?: number;
}

@Module({})
class DomainModule {
  static forRoot(databaseUrl: string, folder: string, options: DomainOptions): DynamicModule {
    const redisUrl = options.redisUrl ?? deadRedisUrl;
    return {
      module: DomainModule,
      imports: [
        DatabaseModule.forRoot({ databaseUrl, poolSize: 10, applicationName: 'timbre-test' }),
        StorageModule.forRoot({
          url: pathToFileURL(folder).href,
          clientBaseUrl: 'http://timbre.test',
          gpuBaseUrl: 'http://timbre.test',
          secrets: ['a secret of the tests, long enough'],
        }),
        JobsModule.forRoot({ redisUrl, maxActiveJobsPerPartner: options.maxActiveJobsPerPartner ?? 20 }),
        AuthModule.forRoot({ databaseUrl, redisUrl, adminApiKeys: [] }),
        VoicesModule,
        SamplesModule,
        EmbeddingsModule.forRoot({ ttsTypes: ['kyutai', 'other'] }),
      ],
    };
  }
}

/** The libs as both processes wire them, on a database and a storage folder of their own. */
export class Domain {
  private constructor(
    private readonly fresh: FreshDatabase,
    private readonly folder: string,
    private readonly context: INestApplicationContext,
  ) {}

  static async open(options: DomainOptions = {}): Promise<Domain> {
    const fresh = await freshDatabase();
    const folder = temporaryFolder();
    const module = DomainModule.forRoot(fresh.url, folder, options);
    return new Domain(fresh, folder, await NestFactory.createApplicationContext(module, { logger: false }));
  }

  get databaseUrl(): string {
    return this.fresh.url;
  }

  get database(): Database {
    return this.context.get(Database);
  }

  get jobs(): JobsRepository {
    return this.context.get(JobsRepository);
  }

  /** A service or repository, as the processes get it. */
  get<T>(token: Type<T> | symbol): T {
    return this.context.get<T>(token, { strict: false });
  }

  async close(): Promise<void> {
    await this.context.close();
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
  async uploadedVoice(partnerId?: string, recording: Partial<StoredRecording> = {}): Promise<string> {
    const voice = await this.newVoice(partnerId);
    await this.get(VoicesService).create(voice, {
      uploadKey: uploadKey(voice.id, randomUUID()),
      uploadedName: 'recording.wav',
      durationSeconds: 185.4,
      ...recording,
    });
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
  async claim(voiceId: string, kind: JobKind): Promise<ClaimedJob> {
    return required(await this.jobs.claim(await this.jobId(voiceId, kind)));
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
    return { id, partnerId: owner, name: `voice ${id}`, creatorName: null, creatorEmail: null };
  }
}

/** Samples as a generation of a split cuts them. */
export function cutSamples(job: Pick<ClaimedJob, 'voiceId' | 'id' | 'generation'>, count: number): CutSample[] {
  return Array.from({ length: count }, (_, at) => ({
    index: at + 1,
    sourceStartSeconds: at * 15,
    durationSeconds: 15,
    objectKey: `voices/${job.voiceId}/jobs/${job.id}/${job.generation}/samples/${at + 1}.opus`,
    bytes: 1000,
    sha256: 'ab'.repeat(32),
  }));
}

/** What a run of this generation delivers, its test samples those of sentence 1. */
export function collected(job: ClaimedJob, scores: readonly StoredScore[]): CollectedEmbedding {
  const folder = `voices/${job.voiceId}/jobs/${job.id}/${job.generation}`;
  return {
    zipKey: `${folder}/embedding.zip`,
    scores,
    testSamples: scores.map(({ sampleIndex }) => ({
      sampleIndex,
      sentenceIndex: 1,
      durationSeconds: 3.2004,
      objectKey: `${folder}/test/${sampleIndex}_1.opus`,
      bytes: 38_400,
      sha256: 'ef'.repeat(32),
    })),
    inboxPrefix: `voices/${job.voiceId}/inbox/${job.id}/${job.generation}/`,
  };
}

/** An uploaded sample, converted and stored. */
export function convertedSample(voiceId: string): ConvertedSample {
  return {
    objectKey: `voices/${voiceId}/uploaded/${randomUUID()}.opus`,
    durationSeconds: 12.3456,
    bytes: 1000,
    sha256: 'cd'.repeat(32),
  };
}

export const resplit: Omit<SplitParams, 'first'> = { maxSamples: 30, sampleDurationSeconds: 10 };

/** What a test cannot go on without. */
export function required<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('There is none');
  return value;
}
