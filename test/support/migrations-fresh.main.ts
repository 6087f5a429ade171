import { migrate, schemaDrift } from '#libs/database';
import { startServices } from './services.js';

/** Proves that the migrations give an empty Postgres exactly the schema of the entities. */
async function main(): Promise<void> {
  const services = await startServices();
  try {
    await migrate(services.databaseUrl);
    const drift = await schemaDrift(services.databaseUrl);
    if (drift.length === 0) return;
    console.error(`The migrations lack:\n${drift.join('\n')}`);
    process.exitCode = 1;
  } finally {
    await services.stop();
  }
}

void main();
