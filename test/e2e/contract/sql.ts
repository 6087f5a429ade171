import pg from 'pg';
import type { StackAddress } from '../../support/stack.js';

/** One statement on a stack's database: for what no route can bring about or show. */
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
