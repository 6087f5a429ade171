import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freshDatabase, type FreshDatabase } from '../../../test/support/database.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { createDataSource } from './data-source.js';
import { Database, rowsOf } from './database.js';
import { VoiceEntity } from './entities/voice.entity.js';
import { migrate, missingMigrations, schemaDrift } from './migrate.js';
import { settingOnce } from './settings.js';

const connect = (databaseUrl: string, poolSize = 5): Promise<Database> =>
  new Database(createDataSource({ databaseUrl, poolSize, applicationName: 'timbre-test' })).connect();

describe('migrate', () => {
  const made: FreshDatabase[] = [];
  afterAll(() => Promise.all(made.map((database) => database.drop())));

  it('runs each migration once, however many processes migrate at the same time', async () => {
    const empty = await freshDatabase({ migrated: false });
    made.push(empty);
    const migrations = await missingMigrations(empty.url);
    expect(migrations[0]).toBe('FirstSchema1763800000000');
    const runs = await Promise.all([migrate(empty.url), migrate(empty.url), migrate(empty.url)]);
    expect(runs.flat()).toEqual(migrations);
    expect(await missingMigrations(empty.url)).toEqual([]);
    expect(await migrate(empty.url)).toEqual([]);
  });

  it('lacks nothing in a database of a newer version: old processes go on, and start, while an upgrade is under way', async () => {
    const newer = await freshDatabase();
    made.push(newer);
    const upgraded = await connect(newer.url);
    await upgraded.query('ALTER TABLE voices ADD COLUMN of_a_later_version text');
    await upgraded.query(`INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'Later9999999999999')`);
    expect(await missingMigrations(newer.url)).toEqual([]);
    expect(await migrate(newer.url)).toEqual([]);
    await upgraded.query(`INSERT INTO partners (name) VALUES ('old-code')`);
    expect(await upgraded.run((manager) => manager.count(VoiceEntity))).toBe(0);
    await upgraded.close();
  });

  it('makes what the entities say', async () => {
    const migrated = await freshDatabase();
    made.push(migrated);
    expect(await schemaDrift(migrated.url)).toEqual([]);
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

  it('writes all of a transaction or nothing', async () => {
    const failing = database.transaction(async (tx) => {
      await rowsOf(tx, `INSERT INTO partners (name) VALUES ('half')`);
      throw new Error('half way');
    });
    await expect(failing).rejects.toThrow('half way');
    expect(await countPartners()).toBe(0);
  });

  it('answers the rows of every kind of statement', async () => {
    const inserted = await database.query<{ name: string }>(
      `INSERT INTO partners (name) VALUES ('a'), ('b') RETURNING name`,
    );
    expect(inserted).toEqual([{ name: 'a' }, { name: 'b' }]);
    expect(await database.query(`UPDATE partners SET created_at = now() RETURNING name`)).toHaveLength(2);
    expect(await database.query(`UPDATE partners SET created_at = now() WHERE false RETURNING name`)).toEqual([]);
    expect(await database.query(`SELECT name FROM partners ORDER BY name`)).toEqual([{ name: 'a' }, { name: 'b' }]);
    expect(await database.query(`DELETE FROM partners RETURNING name`)).toHaveLength(2);
  });

  it('tells a connection that is cut off as unavailable, and goes on with another', async () => {
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

  it('tells a Postgres that is not there as unavailable', async () => {
    await expect(connect('postgres://nobody@127.0.0.1:1/none')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('keeps the first of many values of a setting, and gives it to all', async () => {
    const values = await Promise.all(
      Array.from({ length: 20 }, () => settingOnce(database, 'secret', () => randomBytes(8).toString('hex'))),
    );
    expect(new Set(values).size).toBe(1);
    expect(await settingOnce(database, 'secret', () => 'later')).toBe(values[0]);
  });
});
