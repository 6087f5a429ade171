import { migratingLimits } from './connection-limits.js';
import { createDataSource } from './data-source.js';
import { whenReachable } from './when-reachable.js';

/** Any number of our own: whoever migrates holds it, so that migrations run once. */
const advisoryLock = 7_416_233;

/**
 * Brings a database to this version's schema; safe to run from many processes at once. Waits for Postgres to be there.
 *
 * @returns names of the migrations that were run now
 */
export async function migrate(databaseUrl: string): Promise<readonly string[]> {
  const dataSource = createDataSource({
    databaseUrl,
    poolSize: 2,
    applicationName: 'timbre-migrate',
    limits: migratingLimits,
  });
  await whenReachable(() => dataSource.initialize());
  const lock = dataSource.createQueryRunner();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [advisoryLock]);
    const done = await dataSource.runMigrations();
    return done.map((migration) => migration.name);
  } finally {
    await lock.release();
    await dataSource.destroy();
  }
}

/**
 * Which of this version's migrations a database lacks.
 *
 * A database ahead of the code is fine: upgrades expand first and contract later.
 */
export async function missingMigrations(databaseUrl: string): Promise<readonly string[]> {
  const dataSource = createDataSource({ databaseUrl, poolSize: 1, applicationName: 'timbre-schema-check' });
  await dataSource.initialize();
  try {
    const [table] = await dataSource.query<{ found: string | null }[]>(`SELECT to_regclass('migrations') AS found`);
    const rows = table?.found ? await dataSource.query<{ name: string }[]>('SELECT name FROM migrations') : [];
    const present = new Set(rows.map((row) => row.name));
    return dataSource.migrations
      .map((migration) => migration.name ?? migration.constructor.name)
      .filter((name) => !present.has(name));
  } finally {
    await dataSource.destroy();
  }
}

/**
 * Statements that would bring a migrated database to what the entities say: empty when the migrations are fresh.
 */
export async function schemaDrift(databaseUrl: string): Promise<readonly string[]> {
  const dataSource = createDataSource({ databaseUrl, poolSize: 1, applicationName: 'timbre-schema-drift' });
  await dataSource.initialize();
  try {
    const log = await dataSource.driver.createSchemaBuilder().log();
    return log.upQueries.map((query) => query.query);
  } finally {
    await dataSource.destroy();
  }
}
