// Written by `npm run settings` from apps/standalone/src/service-environment.ts: change that one.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
/**
 * The complete environment of an API or a worker: what was given by the person who starts them stands, the rest is
 * filled in.
 */
export function serviceEnvironment(given, around) {
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
export function workerEnvironment(env) {
    const port = env['METRICS_PORT'];
    return port ? { ...env, METRICS_PORT: String(Number(port) + 1) } : env;
}
