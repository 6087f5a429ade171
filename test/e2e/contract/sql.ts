import pg from 'pg';
import type { StackAddress } from '../../support/stack.js';

/** Runs one statement on a stack's database, for states that no route can set or show. */
export async function sql<Row extends pg.QueryResultRow>(
  stack: Pick<StackAddress, 'databaseUrl'>,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: stack.databaseUrl });
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}
