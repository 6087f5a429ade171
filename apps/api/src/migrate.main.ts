import 'reflect-metadata';
import { databaseUrlFromEnvironment } from '#libs/config';
import { migrate } from '#libs/database';

/**
 * Migrates the database to the schema of this version. Several machines may run it at once. It needs only `DATABASE_URL`,
 * and also `DATABASE_DIRECT_URL` if that one names a connection pooler.
 */
async function main(): Promise<void> {
  const done = await migrate(databaseUrlFromEnvironment());
  process.stdout.write(done.length === 0 ? 'The schema is up to date\n' : `Migrated: ${done.join(', ')}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`The migration failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
