import { randomBytes } from 'node:crypto';
import path from 'node:path';

/** The settings that `npm start` reads itself. All others are passed on to the API and the worker. */
export interface Settings {
  readonly dataDir: string;
  readonly port: number;
  /** The URL of the API on this machine. */
  readonly address: string;
  readonly isProduction: boolean;
  /** Undefined: the embedded Postgres, Valkey or emulator is started. */
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  readonly runpodBaseUrl: string | undefined;
  readonly runpodApiKey: string;
  /** Creates the demo key: the first key in ADMIN_API_KEY, otherwise a random key of this run. */
  readonly adminApiKey: string;
  readonly isAdminKeyOfThisRun: boolean;
  readonly hasConsole: boolean;
  readonly hasQueuesBoard: boolean;
}

/** @throws Error that names the wrong variable */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const port = environment['PORT'] || '8080';
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
    throw new Error(`PORT must be a whole number from 1 to 65535, not ${port}`);
  }
  const host = environment['HOST'] || '127.0.0.1';
  const ownAdminKey = environment['ADMIN_API_KEY']?.split(',')[0]?.trim();
  return {
    address: `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`,
    dataDir: path.resolve(environment['DATA_DIR'] || '.data'),
    port: Number(port),
    isProduction: environment['NODE_ENV'] === 'production',
    databaseUrl: environment['DATABASE_URL'] || undefined,
    redisUrl: environment['REDIS_URL'] || undefined,
    runpodBaseUrl: environment['RUNPOD_BASE_URL'] || undefined,
    runpodApiKey: environment['RUNPOD_API_KEY'] || randomBytes(24).toString('base64url'),
    adminApiKey: ownAdminKey || randomBytes(24).toString('base64url'),
    isAdminKeyOfThisRun: !ownAdminKey,
    hasConsole: environment['CONSOLE'] !== 'off',
    hasQueuesBoard: environment['BULL_BOARD'] !== 'off',
  };
}
