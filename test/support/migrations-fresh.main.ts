import { migrate, schemaDrift } from '#libs/database';
import { startServices } from './services.js';

/** Proves that the migrations bring an empty Postgres to exactly what the entities say. */
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
