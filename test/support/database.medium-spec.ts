import { afterAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { freshDatabase, type FreshDatabase } from './database.js';

async function tablesOf(database: FreshDatabase): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
  );
  await client.end();
  return rows.map((row) => row.name);
}

describe('freshDatabase', () => {
  const made: FreshDatabase[] = [];
  const fresh = async (...options: Parameters<typeof freshDatabase>): Promise<FreshDatabase> => {
    const database = await freshDatabase(...options);
    made.push(database);
    return database;
  };
  afterAll(() => Promise.all(made.map((database) => database.drop())));

  it('gives migrated databases that share nothing, also when asked for at once', async () => {
    const [one, other] = await Promise.all([fresh(), fresh()]);
    expect(one?.url).not.toEqual(other?.url);
    expect(await tablesOf(one)).toContain('voices');
  });

  it('gives an empty one for tests of the migrations', async () => {
    expect(await tablesOf(await fresh({ migrated: false }))).toEqual([]);
  });
});
