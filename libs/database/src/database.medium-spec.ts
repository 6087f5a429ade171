import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freshDatabase, type FreshDatabase } from '../../../test/support/database.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { createDataSource } from './data-source.js';
import { Database, rowsOf, type Transaction } from './database.js';
import { PartnerEntity } from './entities/partner.entity.js';
import { VoiceEntity } from './entities/voice.entity.js';
import { migrate, missingMigrations } from './migrate.js';
import { schemaDrift } from './schema-drift.js';
import { settingOnce } from './settings.js';

const connect = (databaseUrl: string, poolSize = 5): Promise<Database> =>
  new Database(createDataSource({ databaseUrl, poolSize, applicationName: 'timbre-test' })).connect();

describe('migrate', () => {
  const made: FreshDatabase[] = [];
  afterAll(() => Promise.all(made.map((database) => database.drop())));

  it('runs each migration once when several processes migrate concurrently', async () => {
    const empty = await freshDatabase({ migrated: false });
    made.push(empty);
    const migrations = await missingMigrations({ databaseUrl: empty.url });
    expect(migrations[0]).toBe('FirstSchema1763800000000');
    const runs = await Promise.all([migrate(empty.url), migrate(empty.url), migrate(empty.url)]);
    expect(runs.flat()).toEqual(migrations);
    expect(await missingMigrations({ databaseUrl: empty.url })).toEqual([]);
    expect(await migrate(empty.url)).toEqual([]);
  });

  it('finds nothing missing in a newer schema, so that old processes run and start during an upgrade', async () => {
    const newer = await freshDatabase();
    made.push(newer);
    const upgraded = await connect(newer.url);
    await upgraded.query('ALTER TABLE voices ADD COLUMN of_a_later_version text');
    await upgraded.query(`INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'Later9999999999999')`);
    expect(await missingMigrations({ databaseUrl: newer.url })).toEqual([]);
    expect(await migrate(newer.url)).toEqual([]);
    await upgraded.query(`INSERT INTO partners (name) VALUES ('old-code')`);
    expect(await upgraded.run((manager) => manager.count(VoiceEntity))).toBe(0);
    await upgraded.close();
  });

  it('creates the schema of the entities', async () => {
    const migrated = await freshDatabase();
    made.push(migrated);
    expect(await schemaDrift(migrated.url)).toEqual([]);
  });

  it('reports a column and a CHECK constraint that differ from the entities', async () => {
    const changed = await freshDatabase();
    made.push(changed);
    const connected = await connect(changed.url);
    await connected.query('ALTER TABLE samples DROP CONSTRAINT samples_index_check');
    await connected.query('ALTER TABLE samples ADD CONSTRAINT samples_index_check CHECK ("index" >= 0)');
    await connected.query('ALTER TABLE jobs DROP COLUMN traceparent');
    await connected.close();
    expect(await schemaDrift(changed.url)).toEqual([
      expect.stringContaining('ADD "traceparent"'),
      'ALTER TABLE "samples" DROP CONSTRAINT "samples_index_check"',
      'ALTER TABLE "samples" ADD CONSTRAINT "samples_index_check" CHECK ("index" >= 1)',
    ]);
  });
});

describe('Database', () => {
  let fresh: FreshDatabase;
  let database: Database;
  beforeAll(async () => {
    fresh = await freshDatabase();
    database = await connect(fresh.url);
  });
  afterAll(async () => {
    await database.close();
    await fresh.drop();
  });
  const countPartners = async (): Promise<number> => (await database.query('SELECT 1 FROM partners')).length;

  it('rolls a failed transaction back', async () => {
    const failing = database.transaction(async (tx) => {
      await rowsOf(tx, `INSERT INTO partners (name) VALUES ('half')`);
      throw new Error('half way');
    });
    await expect(failing).rejects.toThrow('half way');
    expect(await countPartners()).toBe(0);
  });

  it('returns the rows of every kind of statement', async () => {
    const inserted = await database.query<{ name: string }>(
      `INSERT INTO partners (name) VALUES ('a'), ('b') RETURNING name`,
    );
    expect(inserted).toEqual([{ name: 'a' }, { name: 'b' }]);
    expect(await database.query(`UPDATE partners SET created_at = now() RETURNING name`)).toHaveLength(2);
    expect(await database.query(`UPDATE partners SET created_at = now() WHERE false RETURNING name`)).toEqual([]);
    expect(await database.query(`SELECT name FROM partners ORDER BY name`)).toEqual([{ name: 'a' }, { name: 'b' }]);
    expect(await database.query(`DELETE FROM partners RETURNING name`)).toHaveLength(2);
  });

  it('throws unavailable for a lost connection, and continues with another', async () => {
    const one = await connect(fresh.url, 1);
    const [me] = await one.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const cut = one.query('SELECT pg_sleep(60)');
    cut.catch(() => undefined);
    await waitFor('the statement to run', async () => {
      const [row] = await database.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE pid = $1 AND state = 'active'`,
        [me?.pid],
      );
      return row?.n === 1;
    });
    await database.query('SELECT pg_terminate_backend($1)', [me?.pid]);
    await expect(cut).rejects.toMatchObject({ code: 'unavailable' });
    await waitFor('another connection', () =>
      one.query('SELECT 1').then(
        () => true,
        () => false,
      ),
    );
    await one.close();
  });

  it.each([
    ['the COMMIT', () => Promise.resolve()],
    ['a statement', (tx: Transaction) => rowsOf(tx, 'SELECT 1')],
    ['an insert', (tx: Transaction) => tx.insert(PartnerEntity, { name: 'lost' })],
    ['a read', (tx: Transaction) => tx.existsBy(PartnerEntity, { name: 'lost' })],
  ])('throws unavailable if %s of a transaction finds its connection lost', async (_name, next) => {
    const one = await connect(fresh.url, 1);
    const work = one.transaction(async (tx) => {
      const [me] = await rowsOf<{ pid: number }>(tx, 'SELECT pg_backend_pid() AS pid');
      await database.query('SELECT pg_terminate_backend($1)', [me?.pid]);
      await waitFor('the connection to be dropped', () => Promise.resolve(one.connections().inUse === 0));
      await next(tx);
    });
    await expect(work).rejects.toMatchObject({ code: 'unavailable', causeCode: 'postgres_unreachable' });
    await one.close();
  });

  it('throws unavailable while Postgres is unreachable', async () => {
    await expect(connect('postgres://nobody@127.0.0.1:1/none')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('keeps the first value of a setting and returns it to all processes', async () => {
    const values = await Promise.all(
      Array.from({ length: 20 }, () => settingOnce(database, 'secret', () => randomBytes(8).toString('hex'))),
    );
    expect(new Set(values).size).toBe(1);
    expect(await settingOnce(database, 'secret', () => 'later')).toBe(values[0]);
  });
});
