import { missingMigrations } from './migrate.js';
import { whenReachable } from './when-reachable.js';

/** Waits for Postgres. @returns the migrations of this version that it lacks */
export function waitForPostgres(databaseUrl: string, onWait: (reason: unknown) => void): Promise<readonly string[]> {
  return whenReachable(() => missingMigrations(databaseUrl), onWait);
}
