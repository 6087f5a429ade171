import { ConfigError, readConfig, withSecretsFromFiles } from '#libs/config';
import { serviceEnvironment, workerEnvironment } from '#libs/local-services';
import { readSettings, type Settings } from './settings.js';

/** Returns the complaints of an action that throws, one a line. */
function complaints(action: () => unknown): readonly string[] {
  try {
    action();
    return [];
  } catch (error) {
    return error instanceof ConfigError ? error.lines : [(error as Error).message];
  }
}

/** Returns the environment that the API would get, with placeholders for the parts that are not started yet. */
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
 * Checks the environment of `npm start` before anything is started.
 *
 * scripts/prepare.mjs runs a compiled copy on a fresh clone, so this file must not import any package, not even indirectly.
 *
 * @returns one line for each mistake
 */
export function wrongSettings(environment: NodeJS.ProcessEnv): readonly string[] {
  let given = environment;
  const unreadable = complaints(() => (given = withSecretsFromFiles(environment)));
  if (unreadable.length > 0) return unreadable;
  const port = complaints(() => readSettings(given));
  const usable = port.length === 0 ? given : { ...given, PORT: undefined };
  const api = expectedEnvironment(usable, readSettings(usable));
  const lines = [api, workerEnvironment(api)].flatMap((each) => complaints(() => readConfig(each)));
  const isDirectAlone = given['DATABASE_DIRECT_URL'] && !given['DATABASE_URL'];
  const direct = isDirectAlone ? ['DATABASE_DIRECT_URL is of no use without DATABASE_URL'] : [];
  return [...new Set([...port, ...lines, ...direct])];
}
