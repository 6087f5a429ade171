import { ConfigError, readConfig, withSecretsFromFiles } from '#libs/config';
import { serviceEnvironment, workerEnvironment } from './service-environment.js';
import { readSettings, type Settings } from './settings.js';

/** What an action says is wrong, a line each. */
function complaints(action: () => unknown): readonly string[] {
  try {
    action();
    return [];
  } catch (error) {
    return error instanceof ConfigError ? error.lines : [(error as Error).message];
  }
}

/** The environment that the API would get, with stand-ins for the parts that are not started yet. */
function expectedEnvironment(given: NodeJS.ProcessEnv, settings: Settings): NodeJS.ProcessEnv {
  return serviceEnvironment(given, {
    ...settings,
    databaseUrl: settings.databaseUrl ?? 'postgres://localhost/embedded',
    redisUrl: settings.redisUrl ?? 'redis://localhost',
    runpodBaseUrl: settings.runpodBaseUrl ?? 'http://127.0.0.1/v2',
    ffmpegPath: given['FFMPEG_PATH'] || 'ffmpeg',
    ffprobePath: given['FFPROBE_PATH'] || 'ffprobe',
  });
}

/**
 * Everything that is wrong with the environment of `npm start`, a line each, before anything is started.
 *
 * Imports only files that import only Node's own modules: scripts/prepare.mjs runs a compiled copy on a fresh clone.
 */
export function wrongSettings(environment: NodeJS.ProcessEnv): readonly string[] {
  let given = environment;
  const unreadable = complaints(() => (given = withSecretsFromFiles(environment)));
  if (unreadable.length > 0) return unreadable;
  const port = complaints(() => readSettings(given));
  const usable = port.length === 0 ? given : { ...given, PORT: undefined };
  const api = expectedEnvironment(usable, readSettings(usable));
  const lines = [api, workerEnvironment(api)].flatMap((each) => complaints(() => readConfig(each)));
  return [...new Set([...port, ...lines])];
}
