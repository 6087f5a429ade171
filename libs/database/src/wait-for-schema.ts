import type { Config } from '#libs/config';
import type { Logger } from '#libs/logging';
import { missingMigrations } from './migrate.js';
import { whenReachable } from './when-reachable.js';

/**
 * Waits until Postgres takes writes, then checks its schema.
 *
 * @throws Error naming the migrations that the database lacks
 */
export async function waitForSchema(
  { databaseUrl, databaseIsPooled }: Pick<Config, 'databaseUrl' | 'databaseIsPooled'>,
  logger: Pick<Logger, 'warn'>,
): Promise<void> {
  const missing = await whenReachable(
    () => missingMigrations({ databaseUrl, isPooled: databaseIsPooled }),
    (reason) => logger.warn({ err: reason }, 'waiting for Postgres'),
  );
  if (missing.length === 0) return;
  throw new Error(`The database lacks ${missing.join(', ')}: run the migrations first (apps/api/src/migrate.main)`);
}
