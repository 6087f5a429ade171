import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import type { AudioTools } from '#libs/audio';
import { migrate } from '#libs/database';
import { LocalStorage, type ObjectStorage } from '#libs/storage';
import {
  apiProcess,
  embeddedPostgres,
  emulatorProcess,
  ManagedProcess,
  serviceEnvironment,
  workerProcess,
} from '#libs/local-services';
import { findTestTools } from '../support/audio-measure.js';
import { freePort } from '../support/ports.js';
import { ProcessLog } from '../support/process-log.js';
import { startValkey, temporaryFolder } from '../support/services.js';
import { makePartner, type TestPartner } from '../support/shared-stack.js';
import type { Environment } from '../support/stack.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { waitFor } from '../support/wait-for.js';
import { EmulatorControl } from './emulator-control.js';
import { LabHandlers } from './lab-handlers.js';
import { LabS3 } from './lab-s3.js';
import { makeRecordings, type Recordings } from './recordings.js';
import { ScriptedFfmpeg } from './scripted-ffmpeg.js';
import { mountSmallDisk, unmountDisk } from './small-disk.js';

export interface LabOptions {
  /** Default 1. */
  readonly workers?: number;
  /** Added to the defaults of the API and the workers. */
  readonly env?: Environment;
  readonly workerEnv?: Environment;
  /** Size of the disk for uploads, conversions and objects. Default: no limit. */
  readonly diskMebibytes?: number;
  /** Keeps objects in an S3 server of the lab instead of a folder. */
  readonly s3?: boolean;
  /** Connections that Postgres accepts, default 200. */
  readonly maxConnections?: number;
  /** Jobs wait for handlers that the row starts, instead of ending at once with made-up embeddings. */
  readonly handlers?: boolean;
  /** The reason why other rows may not share this lab. */
  readonly apart?: string;
}

/** Shorter times than in production, and settings for tests. */
const shortTimes: Environment = {
  RUNPOD_UNKNOWN_OUTCOME_SECONDS: '6',
  EMBEDDING_DEADLINE_SECONDS: '300',
  SHUTDOWN_GRACE_SECONDS: '5',
  TEST_SENTENCES: 'One sentence is enough.',
  RATE_LIMIT_PER_MINUTE: '0',
  MAX_RECORDING_SECONDS: '1200',
  WEBHOOK_ALLOW_PRIVATE: 'true',
  FFMPEG_PROCESSES: '2',
  NODE_ENV: 'test',
  LOG_FORMAT: 'json',
};

const unusedSigning = { baseUrl: 'http://x', secrets: ['a secret nobody uses'] };

/** The data need not survive a power cut. Without fsync, a kill -9 of Postgres still loses nothing. */
export const postgresSettings = ['fsync=off', 'full_page_writes=off'];

/**
 * A complete Timbre of real processes with its own Postgres, Valkey and RunPod, all of which can be broken. The API and
 * the workers reach Postgres and Redis, and the workers RunPod, through proxies. The lab itself connects directly.
 */
export class Lab {
  readonly log = new ProcessLog();
  readonly adminKey = randomBytes(24).toString('base64url');
  readonly dataDir = temporaryFolder();
  readonly disk = path.join(this.dataDir, 'disk');
  readonly scratch = path.join(this.disk, 'scratch');
  readonly objects = path.join(this.disk, 'objects');

  postgres: ManagedProcess;
  valkey: ManagedProcess;
  emulatorProcess: ManagedProcess;
  api: ManagedProcess;
  workers: readonly ManagedProcess[];
  postgresLink: TcpProxy;
  apiRedis: TcpProxy;
  workerRedis: TcpProxy;
  gpu: TcpProxy;
  emulator: EmulatorControl;
  ffmpeg: ScriptedFfmpeg;
  tools: AudioTools;
  recordings: Recordings;
  handlers: LabHandlers;
  baseUrl: string;
  databaseUrl: string;
  /** Postgres' data folder, and the target of Timbre's new connections. */
  cluster: string;
  readonly postgresAt = { host: '127.0.0.1', port: 0 };
  valkeyPort: number;
  s3: LabS3 | undefined;
  private pool: pg.Pool;
  private environment: Readonly<Record<'api' | 'worker', NodeJS.ProcessEnv>>;

  private constructor(readonly options: LabOptions) {}

  static async start(options: LabOptions): Promise<Lab> {
    const lab = new Lab(options);
    try {
      await lab.startServers();
      await lab.startTimbre();
      return lab;
    } catch (error) {
      await lab.stop().catch(() => undefined);
      throw new Error(`The lab did not start: ${String(error)}\n${lab.log.lines.slice(-40).join('\n')}`);
    }
  }

  /** The first worker. */
  get worker(): ManagedProcess {
    return this.workers[0]!;
  }

  partner(): Promise<TestPartner> {
    return makePartner(this);
  }

  async sql<T>(statement: string, parameters: unknown[] = []): Promise<T[]> {
    return (await this.pool.query(statement, parameters)).rows as T[];
  }

  /** Returns a connection for the caller alone, to hold a lock with. */
  connect(): Promise<pg.PoolClient> {
    return this.pool.connect();
  }

  /** Starts another API. The caller stops it. */
  async startApiBeside(more: Environment): Promise<{ readonly process: ManagedProcess; readonly baseUrl: string }> {
    const port = await freePort();
    const env = { ...this.environment.api, ...more, PORT: String(port) };
    const address = `http://127.0.0.1:${port}`;
    const beside = new ManagedProcess({ ...apiProcess(env, address), name: 'api-beside' }, this.log);
    await beside.start();
    return { process: beside, baseUrl: `${address}/api` };
  }

  /** Starts another worker. The caller stops it. */
  async startWorkerBeside(more: Environment): Promise<ManagedProcess> {
    const env = { ...this.environment.worker, ...more };
    const beside = new ManagedProcess({ ...workerProcess(env), name: 'worker-beside' }, this.log);
    await beside.start();
    return beside;
  }

  /** Repairs the lab after a fault. Starts processes that are down and resumes those that are stopped. */
  async heal(): Promise<void> {
    this.s3?.mend();
    await this.handlers.killAll();
    await Promise.all([...this.proxies.map((proxy) => proxy.pass()), this.ffmpeg.become('real')]);
    if (this.postgres.pid === undefined) await this.postgres.start();
    if (this.valkey.pid === undefined) await this.valkey.start();
    if (this.emulatorProcess.pid === undefined) await this.emulatorProcess.start();
    await this.emulator.behaveWell();
    for (const part of [this.api, ...this.workers]) part.kill('SIGCONT');
    await Promise.all([this.api, ...this.workers].filter((part) => part.pid === undefined).map((part) => part.start()));
  }

  private get proxies(): TcpProxy[] {
    return [this.postgresLink, this.apiRedis, this.workerRedis, this.gpu].filter((proxy) => proxy !== undefined);
  }

  /** Opens the storage directly, without the API. */
  storage(): Promise<ObjectStorage> {
    return this.s3 ? this.s3.open() : LocalStorage.open(this.objects, { signing: unusedSigning });
  }

  /** Names of the processes that are not running. */
  get missing(): string[] {
    const parts = [this.postgres, this.valkey, this.emulatorProcess, this.api, ...this.workers];
    return parts.filter((part) => part.pid === undefined).map((part) => part.name);
  }

  async stop(): Promise<void> {
    const timbre = [this.api, ...(this.workers ?? []), this.emulatorProcess];
    for (const part of timbre) part?.kill('SIGCONT');
    this.s3?.mend();
    await Promise.all([this.handlers?.killAll(), ...timbre.map((part) => part?.stop())]);
    await this.pool?.end();
    await Promise.all([this.valkey?.stop(), this.postgres?.stop()]);
    await Promise.all([...this.proxies.map((proxy) => proxy.stop()), this.s3?.stop()]);
    if (this.options.diskMebibytes !== undefined) await unmountDisk(this.disk);
    await rm(this.dataDir, { recursive: true, force: true });
  }

  private async startServers(): Promise<void> {
    await mkdir(this.disk, { recursive: true });
    if (this.options.diskMebibytes !== undefined) await mountSmallDisk(this.disk, this.options.diskMebibytes);
    const server = await embeddedPostgres(this.dataDir, [
      ...postgresSettings,
      `max_connections=${this.options.maxConnections ?? 200}`,
    ]);
    this.databaseUrl = server.url;
    this.cluster = server.cluster;
    this.postgresAt.port = Number(new URL(server.url).port);
    this.postgres = new ManagedProcess(server.process, this.log);
    const [valkey, tools] = await Promise.all([
      startValkey(),
      findTestTools(path.join(this.dataDir, 'test-launchers')),
      this.postgres.start(),
    ]);
    this.valkey = valkey.process;
    this.valkeyPort = Number(new URL(valkey.url).port);
    this.tools = tools;
    const [, ffmpeg, recordings] = await Promise.all([
      migrate(this.databaseUrl),
      ScriptedFfmpeg.write(this.dataDir, tools.ffmpeg.path),
      makeRecordings(tools, path.join(this.dataDir, 'recordings')),
    ]);
    this.ffmpeg = ffmpeg;
    this.recordings = recordings;
    this.pool = new pg.Pool({ connectionString: this.databaseUrl, max: 10 });
    this.pool.on('error', () => undefined); // Postgres is restarted under it
  }

  private async startTimbre(): Promise<void> {
    const proxied = async (port: number, target = { host: '127.0.0.1', port }): Promise<TcpProxy> =>
      TcpProxy.start(await freePort(), target);
    const [port, emulatorPort] = await Promise.all([freePort(), freePort()]);
    const databaseUrl = new URL(this.databaseUrl);
    [this.postgresLink, this.apiRedis, this.workerRedis, this.gpu] = await Promise.all([
      proxied(this.postgresAt.port, this.postgresAt),
      proxied(this.valkeyPort),
      proxied(this.valkeyPort),
      proxied(emulatorPort),
    ]);
    databaseUrl.port = String(this.postgresLink.port);
    if (this.options.s3) this.s3 = await LabS3.start();
    const key = randomBytes(24).toString('base64url');
    const address = `http://127.0.0.1:${port}`;
    this.baseUrl = `${address}/api`;
    const emulatorUrl = `http://127.0.0.1:${emulatorPort}`;
    this.emulator = new EmulatorControl(emulatorUrl, key, this.options.handlers !== true);
    const handlersTarget = { endpointUrl: `${emulatorUrl}/v2/kyutai`, key, ffmpegPath: this.tools.ffmpeg.path };
    this.handlers = new LabHandlers(handlersTarget, this.log);
    const environment = (redis: TcpProxy, more: Environment = {}): NodeJS.ProcessEnv =>
      serviceEnvironment(
        {
          PATH: process.env['PATH'],
          HOME: process.env['HOME'],
          SCRATCH_DIR: this.scratch,
          STORAGE_URL: pathToFileURL(this.objects).href,
          ...this.s3?.environment,
          ...shortTimes,
          ...this.options.env,
          ...more,
        },
        {
          port,
          address,
          dataDir: this.dataDir,
          databaseUrl: databaseUrl.href,
          redisUrl: `redis://127.0.0.1:${redis.port}`,
          runpodBaseUrl: `http://127.0.0.1:${this.gpu.port}/v2`,
          runpodApiKey: key,
          adminApiKey: this.adminKey,
          ffmpegPath: this.ffmpeg.path,
          ffprobePath: this.tools.ffprobe.path,
        },
      );
    const emulator = { port: emulatorPort, apiKey: key, ffmpegPath: this.tools.ffmpeg.path };
    const apiEnvironment = environment(this.apiRedis);
    const workerEnvironment = environment(this.workerRedis, this.options.workerEnv);
    this.environment = { api: apiEnvironment, worker: workerEnvironment };
    this.emulatorProcess = new ManagedProcess(
      emulatorProcess(apiEnvironment, emulator, [
        ...['--webhook-retry-ms', '1000'],
        ...(this.options.handlers ? ['--engine', 'worker', '--heartbeat-seconds', '1'] : []),
      ]),
      this.log,
    );
    this.api = new ManagedProcess(apiProcess(apiEnvironment, address), this.log);
    this.workers = Array.from(
      { length: this.options.workers ?? 1 },
      (_, at) => new ManagedProcess({ ...workerProcess(workerEnvironment), name: `worker-${at + 1}` }, this.log),
    );
    await Promise.all([this.emulatorProcess, this.api, ...this.workers].map((part) => part.start()));
    await this.emulator.behaveWell();
    await waitFor('Postgres answers', () => this.sql('SELECT 1').then(() => true));
  }
}
