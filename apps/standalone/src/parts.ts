import type { ProcessOptions } from './managed-process.js';
import { isListening } from './ports.js';
import { entry } from './project-root.js';

/** Does a URL answer with a 2xx? */
async function answersWell(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** The command that brings Postgres to this version's schema, and ends. */
export const migrateProcess = (env: NodeJS.ProcessEnv): ProcessOptions => ({
  name: 'migrate',
  module: entry('apps/api/src/migrate.main'),
  env,
});

/** @param address the API as this machine reaches it */
export const apiProcess = (env: NodeJS.ProcessEnv, address: string): ProcessOptions => ({
  name: 'api',
  module: entry('apps/api/src/main'),
  env,
  isReady: () => answersWell(`${address}/api/health/ready`),
  stopGraceMs: stopGraceMs(env),
});

export const workerProcess = (env: NodeJS.ProcessEnv): ProcessOptions => ({
  name: 'worker',
  module: entry('apps/worker/src/main'),
  env,
  isReady: 'message',
  stopGraceMs: stopGraceMs(env),
});

export interface EmulatorOptions {
  readonly port: number;
  readonly apiKey: string;
  readonly ffmpegPath: string;
}

/**
 * The local stand-in for RunPod; its base URL is `http://127.0.0.1:<port>/v2`.
 *
 * @param moreArgs flags beside the usual ones
 */
export const emulatorProcess = (
  env: NodeJS.ProcessEnv,
  options: EmulatorOptions,
  moreArgs: readonly string[] = [],
): ProcessOptions => ({
  name: 'emulator',
  module: entry('apps/runpod-emulator/src/main'),
  args: [
    ...['--host', '127.0.0.1', '--port', String(options.port)],
    // A key may begin with a dash: alone, it would be taken for a flag.
    ...[`--api-key=${options.apiKey}`, '--ffmpeg', options.ffmpegPath],
    ...moreArgs,
  ],
  env,
  isReady: () => isListening(options.port),
});

/** A process gets the time it was promised for finishing its work, and a little for the rest. */
const stopGraceMs = (env: NodeJS.ProcessEnv): number => (Number(env['SHUTDOWN_GRACE_SECONDS'] ?? 25) + 5) * 1_000;
