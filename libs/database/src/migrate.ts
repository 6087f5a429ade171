import type { DataSource } from 'typeorm';
import { migratingLimits } from './connection-limits.js';
import { createDataSource, type DataSourceOptions } from './data-source.js';
import { requireWritable } from './require-writable.js';
import { whenReachable } from './when-reachable.js';

/** An arbitrary number. The process that migrates holds this lock, so that migrations run once. */
const advisoryLock = 7_416_233;

/** The database whose schema is checked, and whether it is behind a pooler. */
export type SchemaPlace = Pick<DataSourceOptions, 'databaseUrl' | 'isPooled'>;

/**
 * Migrates a database to this version's schema. Waits until Postgres accepts writes. Many processes may run it at once.
 *
 * @param databaseUrl the direct URL: a transaction pooler would give the lock to others
 * @returns the names of the migrations that were run
 */
export async function migrate(databaseUrl: string): Promise<readonly string[]> {
  const dataSource = await whenReachable(() =>
    openWritable({ databaseUrl, poolSize: 2, applicationName: 'timbre-migrate', limits: migratingLimits }),
  );
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
 * Returns the migrations of this version that a database lacks.
 *
 * A database ahead of the code is fine: upgrades expand first and contract later.
 *
 * @throws also if the database is read-only, since the process could not work
 */
export async function missingMigrations(place: SchemaPlace): Promise<readonly string[]> {
  const dataSource = await openWritable({ ...place, poolSize: 1, applicationName: 'timbre-schema-check' });
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

/** Connects. Fails, and closes everything, if the server is read-only: the next attempt may reach another server. */
async function openWritable(options: DataSourceOptions): Promise<DataSource> {
  const dataSource = createDataSource(options);
  await dataSource.initialize();
  try {
    await requireWritable((sql) => dataSource.query(sql));
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}
