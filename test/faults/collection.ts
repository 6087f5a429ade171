import { createDataSource, Database } from '#libs/database';
import { createLogger } from '#libs/logging';
import { GarbageCollector, StoredObjectsRepository } from '#libs/retention';
import { expectCleanScratch } from './checks.js';
import { expect } from './fault.js';
import type { Lab } from './lab.js';

/** Selects every key that rows refer to. An archive of contract version 2 is a key without an object. */
const namedKeys = `
  SELECT unnest(ARRAY[upload_key, original_key, analysis_key]) AS key FROM voices
  UNION ALL SELECT object_key FROM samples
  UNION ALL SELECT object_key FROM test_samples
  UNION ALL SELECT object_key FROM speeches
  UNION ALL SELECT unnest(ARRAY[file->>'objectKey', recording->>'objectKey']) FROM consents
  UNION ALL SELECT made->>'objectKey'
    FROM embedding_runs, jsonb_array_elements(sample_embeddings || test_samples) AS made
    WHERE replaced_at IS NULL
  UNION ALL SELECT archive_key FROM embedding_runs WHERE replaced_at IS NULL AND sample_embeddings = '[]'::jsonb`;

/**
 * Runs the garbage collector now instead of later. Then expects exactly the objects that rows refer to. All voices must
 * be settled.
 */
export async function expectNothingLeft(lab: Lab): Promise<void> {
  const database = await new Database(
    createDataSource({ databaseUrl: lab.databaseUrl, poolSize: 2, applicationName: 'timbre-faults' }),
  ).connect();
  try {
    const storage = await lab.storage();
    const logger = createLogger({ app: 'faults', level: 'silent', format: 'json' });
    const garbage = new GarbageCollector(storage, new StoredObjectsRepository(database), logger);
    await lab.sql('UPDATE object_removals SET due_at = now(), retry_at = NULL');
    await garbage.removeDue();
    await garbage.sweep(0);
    const stored: string[] = [];
    for await (const { key } of storage.list('voices/')) stored.push(key);
    const named = (await lab.sql<{ key: string | null }>(namedKeys)).flatMap(({ key }) => key ?? []);
    const tooMany = stored.filter((key) => !named.includes(key));
    const missing = named.filter((key) => !stored.includes(key));
    expect(tooMany.length === 0, 'no object is left without a row', tooMany.slice(0, 5));
    expect(missing.length === 0, 'every object with a row is stored', missing.slice(0, 5));
  } finally {
    await database.close();
  }
  await expectCleanScratch(lab);
}
