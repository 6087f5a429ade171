import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { findAudioTools, type AudioTools } from '#libs/audio';
import { migrate } from '#libs/database';
import {
  apiProcess,
  embeddedPostgres,
  emulatorProcess,
  entry,
  ManagedProcess,
  serviceEnvironment,
  workerProcess,
} from '#libs/local-services';
import { startS3rver, type S3rver } from '../../libs/storage/test/s3rver.js';
import { EmulatorControl } from '../faults/emulator-control.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { freePort } from '../support/ports.js';
import { ProcessLog } from '../support/process-log.js';
import { startValkey, temporaryFolder } from '../support/services.js';
import { Balancer } from './balancer.js';

export type StorageKind = 's3' | 'folder';

export interface ClusterOptions {
  readonly apis: number;
  readonly workers: number;
  readonly storage: StorageKind;
  /** Starts the proxy in front of the APIs, given their ports and a folder. Default: `Balancer`. */
  readonly front?: (apis: readonly number[], folder: string) => Promise<Front>;
  /** Added to the environment of every API and worker. */
  readonly env?: Readonly<Record<string, string>>;
  /** Minutes by which the clock of a process is fast, by the process's name. All other clocks are right. */
  readonly minutesFast?: Readonly<Record<string, number>>;
}

/** The proxy through which clients and RunPod reach the APIs. */
export interface Front {
  readonly port: number;
  stop(): unknown;
}

/** The stand-in for RunPod, and the workers' connection to it. */
export interface Gpu {
  readonly emulator: ManagedProcess;
  readonly control: EmulatorControl;
  readonly link: TcpProxy;
}

const postgresSettings = ['max_connections=300', 'fsync=off', 'full_page_writes=off'];

/**
 * Timbre on several machines, simulated on one: every process has its own folder, and only Postgres, Redis and the
 * bucket are shared.
 */
export class Cluster {
  private constructor(
    readonly adminKey: string,
    /** Base URL of every API, with `/api`. */
    readonly baseUrls: readonly string[],
    /** Base URL of the proxy, with `/api`. */
    readonly frontUrl: string,
    readonly apis: readonly ManagedProcess[],
    readonly workers: readonly ManagedProcess[],
    readonly valkey: ManagedProcess,
    readonly postgres: ManagedProcess,
    readonly gpu: Gpu,
    readonly databaseUrl: string,
    readonly redisUrl: string,
    readonly tools: AudioTools,
    readonly folder: string,
    readonly log: ProcessLog,
    private readonly rest: readonly (() => unknown)[],
  ) {}

  static async start(options: ClusterOptions): Promise<Cluster> {
    const folder = temporaryFolder();
    const log = new ProcessLog();
    const adminKey = randomBytes(24).toString('base64url');
    const runpodApiKey = randomBytes(24).toString('base64url');
    const server = await embeddedPostgres(folder, postgresSettings);
    const postgres = new ManagedProcess(server.process, log);
    const searchPath = process.env['PATH'] ?? '';
    const [valkey, tools, s3] = await Promise.all([
      startValkey(),
      findAudioTools({ searchPath, launcherFolder: path.join(folder, 'launchers') }),
      options.storage === 's3' ? startS3rver('timbre') : null,
      postgres.start(),
    ]);
    await migrate(server.url);
    const ports = await Promise.all(Array.from({ length: options.apis }, () => freePort()));
    const [emulatorPort, front] = [
      await freePort(),
      await (options.front ?? ((apis) => Balancer.start(apis)))(ports, folder),
    ];
    const frontUrl = `http://127.0.0.1:${front.port}`;
    const link = await TcpProxy.start(await freePort(), { host: '127.0.0.1', port: emulatorPort });

    const environment = (name: string, port: number): NodeJS.ProcessEnv => {
      const dataDir = path.join(folder, name);
      const given = {
        PATH: searchPath,
        HOME: process.env['HOME'],
        NODE_ENV: 'test',
        LOG_FORMAT: 'json',
        RATE_LIMIT_PER_MINUTE: '0',
        FFMPEG_PROCESSES: '1',
        SCRATCH_DIR: path.join(dataDir, 'scratch'),
        TEST_SENTENCES: 'One sentence is enough.',
        PUBLIC_URL: frontUrl,
        CALLBACK_URL: frontUrl,
        ...storageOf(s3, folder),
        ...options.env,
        ...clockOf(options.minutesFast?.[name]),
      };
      return serviceEnvironment(given, {
        port,
        address: `http://127.0.0.1:${port}`,
        dataDir,
        databaseUrl: server.url,
        redisUrl: valkey.url,
        runpodBaseUrl: `http://127.0.0.1:${link.port}/v2`,
        runpodApiKey,
        adminApiKey: adminKey,
        ffmpegPath: tools.ffmpeg.path,
        ffprobePath: tools.ffprobe.path,
      });
    };
    const apis = ports.map((port, at) => {
      const name = `api-${at + 1}`;
      return new ManagedProcess({ ...apiProcess(environment(name, port), `http://127.0.0.1:${port}`), name }, log);
    });
    const workers = Array.from({ length: options.workers }, (_, at) => {
      const name = `worker-${at + 1}`;
      return new ManagedProcess({ ...workerProcess(environment(name, 0)), name }, log);
    });
    const flags = { port: emulatorPort, apiKey: runpodApiKey, ffmpegPath: tools.ffmpeg.path };
    const emulator = new ManagedProcess(emulatorProcess(environment('emulator', 0), flags), log);
    const control = new EmulatorControl(`http://127.0.0.1:${emulatorPort}`, runpodApiKey);
    const gpu: Gpu = { emulator, control, link };
    const rest = [() => link.stop(), () => emulator.stop(), () => s3?.stop(), () => front.stop()];
    const baseUrls = ports.map((port) => `http://127.0.0.1:${port}/api`);
    const cluster = new Cluster(
      ...([adminKey, baseUrls, `${frontUrl}/api`, apis, workers, valkey.process, postgres] as const),
      ...([gpu, server.url, valkey.url, tools, folder, log, rest] as const),
    );
    try {
      await Promise.all([emulator, ...apis, ...workers].map((part) => part.start()));
      await control.behaveWell();
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw new Error(`The cluster did not start\n${log.lines.slice(-40).join('\n')}`, { cause: error });
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.apis, ...this.workers].map((part) => part.stop()));
    await Promise.all(this.rest.map((stop) => stop()));
    await Promise.all([this.valkey.stop(), this.postgres.stop()]);
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Returns the environment of a process whose clock differs from this machine's. */
export function clockOf(minutesFast = 0): Record<string, string> {
  if (minutesFast === 0) return {};
  const module = pathToFileURL(entry('test/cluster/skewed-clock')).href;
  return { NODE_OPTIONS: `--import=${module}`, TEST_CLOCK_SKEW_MS: String(minutesFast * 60_000) };
}

/** Creates a bucket, or a folder that all machines mount. */
function storageOf(s3: S3rver | null, folder: string): Record<string, string> {
  if (s3 === null) return { STORAGE_URL: pathToFileURL(path.join(folder, 'shared')).href };
  return { ...s3.env, STORAGE_URL: `s3://${s3.bucket}/voices?endpoint=${s3.endpoint}` };
}
