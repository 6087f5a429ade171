import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { embeddedPostgres, embeddedValkey, ManagedProcess } from '#libs/local-services';

/** The servers that tests share. Each test file has its own databases and queues in them. */
export interface Services {
  /** A role that may create databases. */
  readonly databaseUrl: string;
  readonly redisUrl: string;
  stop(): Promise<void>;
}

/** Tests start many processes with a pool each. Their data need not survive a power cut. */
const postgresSettings = ['max_connections=300', 'fsync=off', 'full_page_writes=off'];

const passOn = (name: string, line: string): void => void process.stderr.write(`${name} | ${line}\n`);

/** Creates a temporary folder that Postgres' user can enter if root runs the tests. */
export function temporaryFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'timbre-test-'));
  fs.chmodSync(folder, 0o711);
  return folder;
}

/** Starts another Valkey, for tests that empty or kill it. */
export async function startValkey(): Promise<{ readonly url: string; readonly process: ManagedProcess }> {
  const valkey = await embeddedValkey(process.env['PATH'] ?? '');
  const running = new ManagedProcess(valkey.process, { onLine: passOn });
  await running.start();
  return { url: valkey.url, process: running };
}

/** Starts Postgres and Valkey, or uses those in TEST_DATABASE_URL and TEST_REDIS_URL. */
export async function startServices(): Promise<Services> {
  const given = { databaseUrl: process.env['TEST_DATABASE_URL'], redisUrl: process.env['TEST_REDIS_URL'] };
  if (given.databaseUrl && given.redisUrl) {
    return { databaseUrl: given.databaseUrl, redisUrl: given.redisUrl, stop: () => Promise.resolve() };
  }
  const folder = temporaryFolder();
  const server = await embeddedPostgres(folder, postgresSettings);
  const postgres = new ManagedProcess(server.process, { onLine: passOn });
  const [valkey] = await Promise.all([startValkey(), postgres.start()]);
  return {
    databaseUrl: server.url,
    redisUrl: valkey.url,
    stop: async () => {
      await Promise.all([valkey.process.stop(), postgres.stop()]);
      fs.rmSync(folder, { recursive: true });
    },
  };
}
