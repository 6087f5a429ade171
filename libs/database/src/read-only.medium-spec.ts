import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { freshDatabase, recreateDatabase, type FreshDatabase } from '../../../test/support/database.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { createDataSource } from './data-source.js';
import { Database, rowsOf } from './database.js';
import { migrate } from './migrate.js';
import { waitForSchema } from './wait-for-schema.js';

const readOnly = { code: 'unavailable', causeCode: 'postgres_read_only', retryAfterSeconds: 5 };

describe('a Postgres that becomes read-only', () => {
  let fresh: FreshDatabase;
  let operator: Database;
  beforeAll(async () => {
    fresh = await freshDatabase();
    operator = await connect();
  });
  beforeEach(() => become('off'));
  afterAll(async () => {
    await operator.close();
    await fresh.drop();
  });

  function connect(more: { readonly connectionSeconds?: number } = {}): Promise<Database> {
    const options = { databaseUrl: fresh.url, poolSize: 5, applicationName: 'timbre-test', ...more };
    return new Database(createDataSource(options)).connect();
  }
  /** For connections that are opened from now on. Those that are open stay as they are, as after a failover. */
  async function become(isReadOnly: 'on' | 'off'): Promise<void> {
    const name = new URL(fresh.url).pathname.slice(1);
    const alter = `ALTER DATABASE ${name} SET default_transaction_read_only = ${isReadOnly}`;
    await waitFor('the setting', () => operator.query(alter).catch(() => null)); // its database may be a new one
  }
  const write = (database: Database): Promise<unknown> =>
    database.transaction((tx) => rowsOf(tx, `INSERT INTO partners (name) VALUES ('p') ON CONFLICT DO NOTHING`));
  const pid = async (database: Database): Promise<number | undefined> =>
    (await database.query<{ pid: number }>('SELECT pg_backend_pid() AS pid'))[0]?.pid;
  /** A process whose connections all lead to the server that is read-only, while new ones lead to the new primary. */
  async function leftBehind(): Promise<Database> {
    await become('on');
    const database = await connect();
    await Promise.all(Array.from({ length: 5 }, () => database.query('SELECT pg_sleep(0.2)')));
    expect(database.connections().idle).toBe(5);
    await become('off');
    return database;
  }

  it.each([
    ['a transaction', write],
    ['a statement', (database: Database) => database.query(`UPDATE partners SET name = name`)],
    ['what TypeORM runs', (one: Database) => one.run((manager) => manager.query(`UPDATE partners SET name = name`))],
    ['the question whether writes are possible', (database: Database) => database.requireWritable()],
  ])('fails %s once and replaces all connections', async (_name, work) => {
    const database = await leftBehind();
    await expect(work(database)).rejects.toMatchObject(readOnly);
    await Promise.all(Array.from({ length: 5 }, () => write(database)));
    await database.requireWritable();
    await database.close();
  });

  it('lets statements on other connections finish', async () => {
    const database = await leftBehind();
    const slow = database.query('SELECT pg_sleep(0.5), 1 AS one');
    await expect(write(database)).rejects.toMatchObject(readOnly);
    await write(database);
    expect(await slow).toMatchObject([{ one: 1 }]);
    await database.close();
  });

  it('delays the start of a process and a migration until it is writable', async () => {
    await recreateDatabase(fresh.url);
    await become('on');
    const reasons: unknown[] = [];
    const logger = { warn: ({ err }: { readonly err: unknown }) => reasons.push(err) };
    const waiting = [
      migrate(fresh.url),
      waitForSchema({ databaseUrl: fresh.url, databaseIsPooled: false }, logger).catch(String),
    ] as const;
    await waitFor('a process to wait', () => reasons.length > 0);
    expect(reasons).toMatchObject([{ code: '25006' }]);
    await become('off');
    expect((await waiting[0]).length).toBeGreaterThan(0);
    expect([undefined, expect.stringContaining('run the migrations first')]).toContainEqual(await waiting[1]);
  });

  it('is left by a process that only reads when its connections are replaced', async () => {
    const database = await connect({ connectionSeconds: 1 });
    const first = await pid(database);
    await waitFor('another connection', async () => (await pid(database)) !== first);
    await database.close();
  });
});
