import 'reflect-metadata';
import { configFromEnvironment } from '#libs/config';
import { migrate } from '#libs/database';

/** Brings the database to this version's schema, and ends. Safe to run from many machines at once. */
async function main(): Promise<void> {
  const done = await migrate(configFromEnvironment().databaseUrl);
  process.stdout.write(done.length === 0 ? 'The schema is up to date\n' : `Migrated: ${done.join(', ')}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`The migration failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
