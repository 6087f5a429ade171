import type { ProcessOptions } from './managed-process.js';
import { isListening } from './ports.js';
import { entry } from './project-root.js';

/** Returns whether a URL answers with a 2xx status. */
async function answersWell(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** Migrates Postgres to this version's schema, and ends. */
export const migrateProcess = (env: NodeJS.ProcessEnv): ProcessOptions => ({
  name: 'migrate',
  module: entry('migrate'),
  env,
});

/** @param address the URL of the API on this machine */
export const apiProcess = (env: NodeJS.ProcessEnv, address: string): ProcessOptions => ({
  name: 'api',
  module: entry('api'),
  env,
  isReady: () => answersWell(`${address}/api/health/ready`),
  stopGraceMs: stopGraceMs(env),
});

export const workerProcess = (env: NodeJS.ProcessEnv): ProcessOptions => ({
  name: 'worker',
  module: entry('worker'),
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
 * The local stand-in for RunPod. Its base URL is `http://127.0.0.1:<port>/v2`.
 *
 * @param moreArgs flags added to the usual ones
 */
export const emulatorProcess = (
  env: NodeJS.ProcessEnv,
  options: EmulatorOptions,
  moreArgs: readonly string[] = [],
): ProcessOptions => ({
  name: 'emulator',
  module: entry('emulator'),
  args: [...['--host', '127.0.0.1', '--port', String(options.port)], ...['--ffmpeg', options.ffmpegPath], ...moreArgs],
  env: { ...env, RUNPOD_API_KEY: options.apiKey },
  isReady: () => isListening(options.port),
});

/** The grace period that the settings promise, plus 5 s to close connections. */
const stopGraceMs = (env: NodeJS.ProcessEnv): number =>
  (Number(env['SHUTDOWN_DELAY_SECONDS'] ?? 5) + Number(env['SHUTDOWN_GRACE_SECONDS'] ?? 25) + 5) * 1_000;
