import path from 'node:path';
import { findAudioTools } from '#libs/audio';
import { ManagedProcess } from '../../apps/standalone/src/managed-process.js';
import { apiProcess, migrateProcess, workerProcess } from '../../apps/standalone/src/parts.js';
import { projectRoot } from '../../apps/standalone/src/project-root.js';
import { serviceEnvironment } from '../../apps/standalone/src/service-environment.js';
import { freePort } from './ports.js';
import { ProcessLog } from './process-log.js';
import type { Environment, StackAddress } from './stack.js';
import { testStorage } from './test-storage.js';

/** More processes on a stack's database, Redis, folder and storage, none of them started yet. */
export interface ProcessesBeside {
  /** The stack as this API serves it. */
  readonly address: StackAddress;
  readonly api: ManagedProcess;
  readonly worker: ManagedProcess;
  /** Brings the database to this release's schema, and ends. */
  readonly migrate: ManagedProcess;
  readonly log: ProcessLog;
}

/**
 * @param env beside the defaults of a stack
 * @param release folder of another build: with package.json, dist and node_modules
 */
export async function processesBeside(
  stack: StackAddress,
  env: Environment = {},
  release: string = projectRoot,
): Promise<ProcessesBeside> {
  const [port, tools] = await Promise.all([
    freePort(),
    findAudioTools({
      searchPath: process.env['PATH'] ?? '',
      launcherFolder: path.join(stack.dataDir, 'launchers'),
    }),
  ]);
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
  const ofRelease = (name: string): string => path.join(release, 'dist', `${name}.js`);
  return {
    address: { ...stack, baseUrl: `${address}/api` },
    api: new ManagedProcess({ ...apiProcess(environment, address), module: ofRelease('apps/api/src/main') }, log),
    worker: new ManagedProcess({ ...workerProcess(environment), module: ofRelease('apps/worker/src/main') }, log),
    migrate: new ManagedProcess(
      { ...migrateProcess(environment), module: ofRelease('apps/api/src/migrate.main') },
      log,
    ),
    log,
  };
}
