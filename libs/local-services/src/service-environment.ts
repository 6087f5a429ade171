import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where an API and a worker find each other and what they use. */
export interface Surroundings {
  readonly port: number;
  /** The URL of the API on this machine: `http://127.0.0.1:8080`. */
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
 * Returns the complete environment of an API or a worker. Values that the operator set are kept; the rest is filled in.
 */
export function serviceEnvironment(given: NodeJS.ProcessEnv, around: Surroundings): NodeJS.ProcessEnv {
  const defaults = {
    HOST: '127.0.0.1',
    PUBLIC_URL: around.address,
    // The emulator runs on this machine and can reach this address. RunPod cannot: the operator sets another.
    ...(given['RUNPOD_BASE_URL'] ? {} : { CALLBACK_URL: around.address }),
    SCRATCH_DIR: path.join(around.dataDir, 'scratch'),
    STORAGE_URL: pathToFileURL(path.join(around.dataDir, 'objects')).href,
    RUNPOD_ENDPOINTS: 'kyutai=kyutai',
    LOG_FORMAT: given['NODE_ENV'] === 'production' ? 'json' : 'pretty',
    SHUTDOWN_DELAY_SECONDS: '0',
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
    ADMIN_API_KEY: set['ADMIN_API_KEY'] ?? around.adminApiKey, // may be a list
    FFMPEG_PATH: around.ffmpegPath,
    FFPROBE_PATH: around.ffprobePath,
  };
}

/** The environment of the worker beside that API. Two processes cannot share METRICS_PORT, so the worker takes the next. */
export function workerEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const port = env['METRICS_PORT'];
  return port ? { ...env, METRICS_PORT: String(Number(port) + 1) } : env;
}
