import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { apiProcess, emulatorProcess, ManagedProcess, serviceEnvironment, workerProcess } from '#libs/local-services';
import { findTestTools, givenAudioTools } from './audio-measure.js';
import { freshDatabase, type FreshDatabase } from './database.js';
import { freePort } from './ports.js';
import { ProcessLog } from './process-log.js';
import { startValkey, temporaryFolder } from './services.js';
import { testStorage } from './test-storage.js';

/** The address of a running Timbre: everything that a test in another process needs to use it. */
export interface StackAddress {
  /** With `/api`. */
  readonly baseUrl: string;
  readonly adminKey: string;
  readonly emulatorUrl: string;
  readonly emulatorKey: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly dataDir: string;
  /** `file:///…` or `s3://…`. `storageOf` opens it. */
  readonly storageUrl: string;
}

export type Environment = Readonly<Record<string, string>>;

export interface StackOptions {
  /** Added to the defaults of the API and the worker. */
  readonly env?: Environment;
  readonly apiEnv?: Environment;
  readonly workerEnv?: Environment;
  readonly emulatorArgs?: readonly string[];
}

/** The environment of the person who runs the tests must not leak into the processes, except for PATH and HOME. */
const inherited = (): Environment => ({
  PATH: process.env['PATH'] ?? '',
  HOME: process.env['HOME'] ?? '/',
  NODE_ENV: 'test',
  LOG_FORMAT: 'json',
  RATE_LIMIT_PER_MINUTE: '0',
  // Two instead of the three of a language, which would cost every test that embeds half as much again.
  TEST_SENTENCES: 'The first sentence of the tests.|And this is the second one.',
});

export type PartName = 'valkey' | 'emulator' | 'worker' | 'api';

/** A complete Timbre of real processes, like `npm start`, with its own database, Valkey, folder and emulator. */
export class Stack {
  private constructor(
    readonly address: StackAddress,
    private readonly database: FreshDatabase,
    private readonly log: ProcessLog,
    /** Tests of faults kill and restart them. Nothing else restarts them. */
    readonly parts: Readonly<Record<PartName, ManagedProcess>>,
  ) {}

  static async start(options: StackOptions = {}): Promise<Stack> {
    const dataDir = temporaryFolder();
    const [port, emulatorPort, database, valkey, tools] = await Promise.all([
      freePort(),
      freePort(),
      freshDatabase(),
      startValkey(),
      givenAudioTools() ?? findTestTools(path.join(dataDir, 'launchers')),
    ]);
    const surroundings = {
      baseUrl: `http://127.0.0.1:${port}/api`,
      adminKey: randomBytes(24).toString('base64url'),
      emulatorUrl: `http://127.0.0.1:${emulatorPort}`,
      emulatorKey: randomBytes(24).toString('base64url'),
      databaseUrl: database.url,
      redisUrl: valkey.url,
      dataDir,
    };
    const env = serviceEnvironment(
      { ...inherited(), ...testStorage(dataDir), ...options.env },
      {
        port,
        address: `http://127.0.0.1:${port}`,
        dataDir,
        databaseUrl: surroundings.databaseUrl,
        redisUrl: surroundings.redisUrl,
        runpodBaseUrl: `${surroundings.emulatorUrl}/v2`,
        runpodApiKey: surroundings.emulatorKey,
        adminApiKey: surroundings.adminKey,
        ffmpegPath: tools.ffmpeg.path,
        ffprobePath: tools.ffprobe.path,
      },
    );
    const address: StackAddress = { ...surroundings, storageUrl: env['STORAGE_URL'] ?? '' };
    const log = new ProcessLog();
    const emulator = { port: emulatorPort, apiKey: address.emulatorKey, ffmpegPath: tools.ffmpeg.path };
    const parts = {
      valkey: valkey.process,
      emulator: new ManagedProcess(emulatorProcess(env, emulator, options.emulatorArgs), log),
      worker: new ManagedProcess(workerProcess({ ...env, ...options.workerEnv }), log),
      api: new ManagedProcess(apiProcess({ ...env, ...options.apiEnv }, `http://127.0.0.1:${port}`), log),
    };
    const stack = new Stack(address, database, log, parts);
    try {
      await Promise.all([parts.emulator.start(), parts.worker.start(), parts.api.start()]);
    } catch (error) {
      const said = log.lines.join('\n');
      await stack.stop();
      throw new Error(`The stack did not start: ${String(error)}\n${said}`);
    }
    return stack;
  }

  /** Every line that its processes wrote so far, as `name | line`. */
  get lines(): readonly string[] {
    return this.log.lines;
  }

  async stop(): Promise<void> {
    const { valkey, ...others } = this.parts;
    await Promise.all(Object.values(others).map((part) => part.stop()));
    await valkey.stop();
    await this.database.drop();
    await rm(this.address.dataDir, { recursive: true, force: true });
  }
}
