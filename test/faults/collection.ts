import { createDataSource, Database } from '#libs/database';
import { createLogger } from '#libs/logging';
import { GarbageCollector } from '../../apps/worker/src/upkeep/garbage-collector.js';
import { StoredObjectsRepository } from '../../apps/worker/src/upkeep/stored-objects.repository.js';
import { expectCleanScratch } from './checks.js';
import { expect } from './fault.js';
import type { Lab } from './lab.js';

/** Every key that rows name. */
const namedKeys = `
  SELECT unnest(ARRAY[upload_key, original_key]) AS key FROM voices
  UNION ALL SELECT object_key FROM samples
  UNION ALL SELECT object_key FROM test_samples
  UNION ALL SELECT zip_key FROM embeddings`;

/**
 * Does now what collection does late, and then finds exactly the objects that rows name: none missing, none too many.
 * All voices must be settled.
 */
export async function expectNothingLeft(lab: Lab): Promise<void> {
  const database = await new Database(
    createDataSource({ databaseUrl: lab.databaseUrl, poolSize: 2, applicationName: 'timbre-faults' }),
  ).connect();
  try {
    const storage = await lab.storage();
    const logger = createLogger({ app: 'faults', level: 'silent', format: 'json' });
    const garbage = new GarbageCollector(storage, new StoredObjectsRepository(database), logger);
    await lab.sql('UPDATE object_removals SET due_at = now()');
    await garbage.removeDue();
    await garbage.sweep(0);
    const stored: string[] = [];
    for await (const { key } of storage.list('voices/')) stored.push(key);
    const named = (await lab.sql<{ key: string | null }>(namedKeys)).flatMap(({ key }) => key ?? []);
    const tooMany = stored.filter((key) => !named.includes(key));
    const missing = named.filter((key) => !stored.includes(key));
    expect(tooMany.length === 0, 'no object is left that no row names', tooMany.slice(0, 5));
    expect(missing.length === 0, 'every object that a row names is stored', missing.slice(0, 5));
  } finally {
    await database.close();
  }
  await expectCleanScratch(lab);
}
