import path from 'node:path';
import { findAudioTools } from '#libs/audio';
import { ManagedProcess } from '../../../apps/standalone/src/managed-process.js';
import { apiProcess } from '../../../apps/standalone/src/parts.js';
import { serviceEnvironment } from '../../../apps/standalone/src/service-environment.js';
import { freePort } from '../../support/ports.js';
import type { Environment, StackAddress } from '../../support/stack.js';

/** Another API process on a stack's database, Redis and folder. */
export interface SecondApi {
  /** The stack as this process serves it. */
  readonly address: StackAddress;
  stop(): Promise<void>;
}

/** @param env beside the defaults of a stack */
export async function startSecondApi(stack: StackAddress, env: Environment = {}): Promise<SecondApi> {
  const [port, tools] = await Promise.all([
    freePort(),
    findAudioTools({
      searchPath: process.env['PATH'] ?? '',
      launcherFolder: path.join(stack.dataDir, 'launchers'),
    }),
  ]);
  const address = `http://127.0.0.1:${port}`;
  const given = { PATH: process.env['PATH'], NODE_ENV: 'test', LOG_FORMAT: 'json', RATE_LIMIT_PER_MINUTE: '0', ...env };
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
  const api = new ManagedProcess(apiProcess(environment, address), { onLine: () => undefined });
  await api.start();
  return { address: { ...stack, baseUrl: `${address}/api` }, stop: () => api.stop() };
}
