import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DatabaseClock, Notifications, type NotificationsConfig } from '#libs/database';
import { ApiKeysRepository, ApiKeysService, type CreatedKey } from '#libs/partners';
import { freshDatabase } from '../../../test/support/database.js';
import { Domain, required } from '../../../test/support/domain.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { Authenticator } from './authenticator.js';

const adminApiKey = 'an operator’s key, long enough';
/** The cache forgets a key after 30 s. Sooner means that it was told. */
const beforeCacheEndsMs = 20_000;
const nextAdminKey = 'the key that will take its place';

describe('Authenticator', () => {
  let domain: Domain;
  let keys: ApiKeysService;
  beforeAll(async () => {
    domain = await Domain.open();
    keys = domain.get(ApiKeysService);
    await domain.get(Notifications).onApplicationShutdown(); // only the listeners of the tests run
  });
  afterAll(() => domain.close());

  const ending: Notifications[] = [];
  afterEach(() => Promise.all(ending.splice(0).map((one) => one.onApplicationShutdown())));
  /** The ears of each authenticator, as a process of its own has them. */
  const earsOf = new Map<Authenticator, Notifications>();
  const authenticator = (
    repository = new ApiKeysRepository(domain.database),
    options: Partial<NotificationsConfig & { readonly adminApiKeys: readonly string[] }> = {},
    warnings: Error[] = [],
  ): Authenticator => {
    const config = {
      databaseDirectUrl: domain.databaseUrl,
      databaseConnectionSeconds: 300,
      adminApiKeys: [adminApiKey, nextAdminKey],
      ...options,
    };
    const warn = ({ err }: { readonly err: Error }): void => void warnings.push(err);
    const notifications = new Notifications(domain.database, config);
    const one = new Authenticator(repository, domain.get(DatabaseClock), notifications, config, { warn });
    earsOf.set(one, notifications);
    return one;
  };
  /** Postgres backends of listeners that receive notifications. */
  const ears = async (): Promise<number[]> => {
    const rows = await domain.database.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database()
         AND application_name = 'timbre-notifications' AND state = 'idle' AND query <> ''`,
    );
    return rows.map(({ pid }) => pid);
  };
  const start = async (one: Authenticator): Promise<Authenticator> => {
    const before = (await ears()).length;
    listen(one);
    await waitFor('the listener', async () => isHearing(one) && (await ears()).length > before);
    return one;
  };
  const listen = (one: Authenticator): Notifications => {
    const notifications = required(earsOf.get(one));
    ending.push(notifications);
    notifications.onApplicationBootstrap();
    return notifications;
  };
  const isHearing = (one: Authenticator): boolean => required(earsOf.get(one)).hearing;
  const newKey = (expiresAt: Date | null = null): Promise<CreatedKey> =>
    keys.create('acme', { name: 'test', expiresAt });
  const refused = (one: Authenticator, key: string | undefined): Promise<boolean> =>
    one.authenticate(key).then(
      () => false,
      (error: { code?: unknown }) => error.code === 'invalid_api_key',
    );
  /** Revokes a key without a notification: a process that still accepts it has it in its cache. */
  const spoil = (id: string): Promise<unknown> =>
    domain.database.query('UPDATE api_keys SET revoked_at = now() WHERE id = $1', [id]);

  it('returns the partner of a key, and the operator for each admin key', async () => {
    const one = authenticator();
    const made = await newKey();
    const other = await keys.create('globex', { name: 'test', expiresAt: null });
    expect(await one.authenticate(made.key)).toMatchObject({ kind: 'partner', partnerName: 'acme', keyId: made.id });
    expect(await one.authenticate(other.key)).toMatchObject({ kind: 'partner', partnerName: 'globex' });
    const admins = [await one.authenticate(adminApiKey), await one.authenticate(nextAdminKey)];
    expect(admins.map(({ kind }) => kind)).toEqual(['admin', 'admin']);
    expect(new Set(admins.map(({ keyId }) => keyId)).size).toBe(2);
  });

  it('rejects missing, unknown, wrong, expired and revoked keys alike', async () => {
    const one = authenticator();
    const [made, other] = [await newKey(), await newKey()];
    const expired = await newKey(new Date(Date.now() - 1000));
    const revoked = await newKey();
    await keys.revoke(revoked.id);
    const mixed = `tk_${made.id}_${other.key.slice(-43)}`;
    for (const key of [undefined, '', 'x', mixed, `tk_${'a'.repeat(16)}_${'A'.repeat(43)}`, expired.key, revoked.key]) {
      await expect(one.authenticate(key)).rejects.toMatchObject({
        code: 'invalid_api_key',
        message: 'Invalid API key',
      });
    }
    const nobodyIsAdmin = authenticator(undefined, { adminApiKeys: [] });
    expect(await refused(nobodyIsAdmin, adminApiKey)).toBe(true);
    expect(await refused(nobodyIsAdmin, '')).toBe(true);
  });

  it('rejects a revoked key in every process at once, cached or not', async () => {
    const [one, other] = [await start(authenticator()), await start(authenticator())];
    const made = await newKey();
    const cachedBy = async (process: Authenticator, id: string, key: string): Promise<boolean> => {
      await process.authenticate(key);
      await spoil(id);
      const cached = !(await refused(process, key));
      await domain.database.query('UPDATE api_keys SET revoked_at = NULL WHERE id = $1', [id]);
      return cached;
    };
    expect(await cachedBy(one, made.id, made.key)).toBe(true);
    expect(await cachedBy(other, made.id, made.key)).toBe(true);
    await keys.revoke(made.id);
    const inTime = { timeoutMs: beforeCacheEndsMs, everyMs: 10 };
    await waitFor('the refusal here', () => refused(one, made.key), inTime);
    await waitFor('the refusal there', () => refused(other, made.key), inTime);
  });

  it('clears its cache and caches nothing while notifications are interrupted', async () => {
    const one = await start(authenticator());
    const made = await newKey();
    await one.authenticate(made.key);
    await spoil(made.id);
    expect(await refused(one, made.key)).toBe(false); // from the cache
    const [ear] = await ears();
    await domain.database.query('SELECT pg_terminate_backend($1)', [required(ear)]);
    await waitFor('Postgres to be asked', () => refused(one, made.key), { timeoutMs: beforeCacheEndsMs, everyMs: 10 });

    await waitFor('the listener to be back', async () => isHearing(one) && (await ears()).some((pid) => pid !== ear));
    const later = await newKey();
    await one.authenticate(later.key);
    await spoil(later.id);
    expect(await refused(one, later.key)).toBe(false);
  });

  it('caches nothing, and logs it once, where no notification arrives, as through a pooler', async () => {
    const elsewhere = await freshDatabase();
    const reasons: Error[] = [];
    const one = authenticator(undefined, { databaseDirectUrl: elsewhere.url }, reasons);
    const notifications = listen(one);
    await waitFor('a lost notification', () => reasons.length > 0);
    expect(reasons[0]?.message).toMatch(/a NOTIFY was not received.*DATABASE_DIRECT_URL/);
    const made = await newKey();
    await one.authenticate(made.key);
    await spoil(made.id);
    expect([await refused(one, made.key), notifications.hearing]).toEqual([true, false]);
    await notifications.onApplicationShutdown();
    await elsewhere.drop();
    expect(reasons).toHaveLength(1);
  });

  it('replaces its connection after its time without logging a failure', async () => {
    const reasons: Error[] = [];
    const before = await ears();
    const one = authenticator(undefined, { databaseConnectionSeconds: 1 }, reasons);
    await start(one);
    const [first] = (await ears()).filter((pid) => !before.includes(pid));
    await waitFor('a new connection', async () => isHearing(one) && !(await ears()).includes(required(first)));
    const made = await newKey();
    await one.authenticate(made.key);
    await keys.revoke(made.id);
    await waitFor('the refusal', () => refused(one, made.key), { timeoutMs: beforeCacheEndsMs, everyMs: 10 });
    expect(reasons).toEqual([]);
  });

  it('caches nothing before its listener is connected', async () => {
    const one = authenticator();
    const made = await newKey();
    await one.authenticate(made.key);
    await spoil(made.id);
    expect(await refused(one, made.key)).toBe(true);
  });

  it('does not cache a key that was read before the listener connected and revoked meanwhile', async () => {
    const repository = new ApiKeysRepository(domain.database);
    const find = repository.find.bind(repository);
    let deliver = (): void => undefined;
    const held = new Promise<void>((resolve) => (deliver = resolve));
    let isRead = false;
    repository.find = async (id) => {
      const found = await find(id);
      isRead = true;
      await held; // the answer is slow to come
      return found;
    };
    const one = authenticator(repository);
    const made = await newKey();
    const early = one.authenticate(made.key);
    await waitFor('the key to be read', () => isRead);
    await keys.revoke(made.id);
    await start(one);
    deliver();
    await early.catch(() => undefined);
    expect(await refused(one, made.key)).toBe(true);
  });

  it('batches lookups of a client that floods, and still accepts its valid key', async () => {
    const repository = new ApiKeysRepository(domain.database);
    const [find, existing] = [repository.find.bind(repository), repository.existing.bind(repository)];
    let [finds, lookups] = [0, 0];
    repository.find = (id) => {
      finds += 1;
      return find(id);
    };
    repository.existing = (ids) => {
      lookups += 1;
      return existing(ids);
    };
    const one = await start(authenticator(repository));
    const invented = (at: number): string =>
      `tk_${String(at)
        .padStart(16, 'x')
        .replaceAll(/[0189]/g, 'y')}_${'A'.repeat(43)}`;
    const flood = async (isFlooding: boolean): Promise<void> => {
      const asked = Array.from({ length: 50 }, (_, at) => one.authenticate(invented(at), () => isFlooding));
      for (const each of await Promise.allSettled(asked)) {
        expect(each).toMatchObject({ status: 'rejected', reason: { code: 'invalid_api_key' } });
      }
    };
    await flood(false);
    expect([finds, lookups]).toEqual([50, 0]);
    await flood(true);
    expect([finds, lookups]).toEqual([50, 1]);
    const made = await newKey();
    expect(await one.authenticate(made.key, () => true)).toMatchObject({ keyId: made.id });
    expect([finds, lookups]).toEqual([51, 2]);
    await one.authenticate(made.key, () => {
      throw new Error('never called for a cached key');
    });
  });

  it('records when a key was used', async () => {
    const made = await newKey();
    await authenticator().authenticate(made.key);
    await waitFor('the record', async () =>
      (await keys.list('acme')).some(({ id, lastUsedAt }) => id === made.id && lastUsedAt !== null),
    );
  });
});
