import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where this API, its worker and its emulator find each other and everything else. */
export interface Surroundings {
  readonly port: number;
  /** The API as this machine reaches it: `http://127.0.0.1:8080`. */
  readonly address: string;
  readonly dataDir: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly runpodBaseUrl: string;
  readonly runpodApiKey: string;
  readonly adminApiKey: string;
  readonly ffmpegPath: string;
  readonly ffprobePath: string;
}

/**
 * The complete environment of an API or a worker: what was given by the person who starts them stands, the rest is
 * filled in.
 */
export function serviceEnvironment(given: NodeJS.ProcessEnv, around: Surroundings): NodeJS.ProcessEnv {
  const defaults = {
    HOST: '127.0.0.1',
    PUBLIC_URL: around.address,
    // The emulator runs here and reaches this address; RunPod itself has to be told another.
    ...(given['RUNPOD_BASE_URL'] ? {} : { CALLBACK_URL: around.address }),
    SCRATCH_DIR: path.join(around.dataDir, 'scratch'),
    STORAGE_URL: pathToFileURL(path.join(around.dataDir, 'objects')).href,
    RUNPOD_ENDPOINTS: 'kyutai=kyutai',
    LOG_FORMAT: given['NODE_ENV'] === 'production' ? 'json' : 'pretty',
    SHUTDOWN_GRACE_SECONDS: '5',
  };
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
  return {
    ...defaults,
    ...set,
    PORT: String(around.port),
    DATA_DIR: around.dataDir,
    DATABASE_URL: around.databaseUrl,
    REDIS_URL: around.redisUrl,
    RUNPOD_BASE_URL: around.runpodBaseUrl,
    RUNPOD_API_KEY: around.runpodApiKey,
    ADMIN_API_KEY: set['ADMIN_API_KEY'] ?? around.adminApiKey, // it may list several
    FFMPEG_PATH: around.ffmpegPath,
    FFPROBE_PATH: around.ffprobePath,
  };
}

/** The same for the worker beside that API: two processes cannot share METRICS_PORT, so the worker's is the next one. */
export function workerEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const port = env['METRICS_PORT'];
  return port ? { ...env, METRICS_PORT: String(Number(port) + 1) } : env;
}
