import path from 'node:path';
import {
  apiProcess,
  ManagedProcess,
  migrateProcess,
  projectRoot,
  type ProcessOptions,
  serviceEnvironment,
  workerProcess,
} from '#libs/local-services';
import { audioTools } from './audio-measure.js';
import { freePort } from './ports.js';
import { ProcessLog } from './process-log.js';
import type { Environment, StackAddress } from './stack.js';
import { testStorage } from './test-storage.js';

/** More processes on a stack's database, Redis, folder and storage. None is started yet. */
export interface ProcessesBeside {
  /** The stack's address with the URL of this API. */
  readonly address: StackAddress;
  readonly api: ManagedProcess;
  readonly worker: ManagedProcess;
  /** Migrates the database to this release's schema, and ends. */
  readonly migrate: ManagedProcess;
  readonly log: ProcessLog;
}

/**
 * @param env added to the defaults of a stack
 * @param release folder of another build, with package.json, dist and node_modules
 */
export async function processesBeside(
  stack: StackAddress,
  env: Environment = {},
  release: string = projectRoot,
): Promise<ProcessesBeside> {
  const port = await freePort();
  const tools = audioTools();
  const address = `http://127.0.0.1:${port}`;
  const given = {
    PATH: process.env['PATH'],
    NODE_ENV: 'test',
    LOG_FORMAT: 'json',
    RATE_LIMIT_PER_MINUTE: '0',
    ...testStorage(stack.dataDir),
    ...env,
  };
  const environment = serviceEnvironment(given, {
    port,
    address,
    dataDir: stack.dataDir,
    databaseUrl: stack.databaseUrl,
    redisUrl: stack.redisUrl,
    runpodBaseUrl: `${stack.emulatorUrl}/v2`,
    runpodApiKey: stack.emulatorKey,
    adminApiKey: stack.adminKey,
    ffmpegPath: tools.ffmpeg.path,
    ffprobePath: tools.ffprobe.path,
  });
  const log = new ProcessLog();
  // Another release has no bundled programs, so its modules are started.
  const ofRelease = (part: ProcessOptions, module: string): ProcessOptions =>
    release === projectRoot ? part : { ...part, module: path.join(release, 'dist/apps', `${module}.js`) };
  return {
    address: { ...stack, baseUrl: `${address}/api`, storageUrl: environment['STORAGE_URL'] ?? stack.storageUrl },
    api: new ManagedProcess(ofRelease(apiProcess(environment, address), 'api/src/main'), log),
    worker: new ManagedProcess(ofRelease(workerProcess(environment), 'worker/src/main'), log),
    migrate: new ManagedProcess(ofRelease(migrateProcess(environment), 'api/src/migrate.main'), log),
    log,
  };
}
