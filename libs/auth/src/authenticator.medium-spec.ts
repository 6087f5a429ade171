import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Domain, required } from '../../../test/support/domain.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { ApiKeysService, type CreatedKey } from './api-keys.service.js';
import { Authenticator } from './authenticator.js';

const adminApiKey = 'an operator’s key, long enough';
const nextAdminKey = 'the key that will take its place';

describe('Authenticator', () => {
  let domain: Domain;
  let keys: ApiKeysService;
  beforeAll(async () => {
    domain = await Domain.open();
    keys = domain.get(ApiKeysService);
    await domain.get(Authenticator).onApplicationShutdown(); // only those of the tests listen
  });
  afterAll(() => domain.close());

  const started: Authenticator[] = [];
  afterEach(() => Promise.all(started.splice(0).map((one) => one.onApplicationShutdown())));
  const authenticator = (repository = new ApiKeysRepository(domain.database)): Authenticator =>
    new Authenticator(repository, { databaseUrl: domain.databaseUrl, adminApiKeys: [adminApiKey, nextAdminKey] });
  /** Backends of listeners that hear. */
  const ears = async (): Promise<number[]> => {
    const rows = await domain.database.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database()
         AND application_name = 'timbre-revocations' AND state = 'idle' AND query <> ''`,
    );
    return rows.map(({ pid }) => pid);
  };
  const start = async (one: Authenticator): Promise<Authenticator> => {
    const before = (await ears()).length;
    started.push(one);
    one.onApplicationBootstrap();
    await waitFor('the listener', async () => (await ears()).length > before);
    return one;
  };
  const newKey = (expiresAt: Date | null = null): Promise<CreatedKey> =>
    keys.create('acme', { name: 'test', expiresAt });
  const refused = (one: Authenticator, key: string | undefined): Promise<boolean> =>
    Promise.resolve(one.authenticate(key)).then(
      () => false,
      (error: { code?: unknown }) => error.code === 'invalid_api_key',
    );
  /** Changes a key behind the cache's back: who still takes it has it from the cache. */
  const spoil = (id: string): Promise<unknown> =>
    domain.database.query('UPDATE api_keys SET revoked_at = now() WHERE id = $1', [id]);

  it('knows partners by their keys, and the operator', async () => {
    const one = authenticator();
    const made = await newKey();
    const other = await keys.create('globex', { name: 'test', expiresAt: null });
    expect(await one.authenticate(made.key)).toMatchObject({ kind: 'partner', partnerName: 'acme', keyId: made.id });
    expect(await one.authenticate(other.key)).toMatchObject({ kind: 'partner', partnerName: 'globex' });
    const admins = [await one.authenticate(adminApiKey), await one.authenticate(nextAdminKey)];
    expect(admins.map(({ kind }) => kind)).toEqual(['admin', 'admin']);
    expect(new Set(admins.map(({ keyId }) => keyId)).size).toBe(2);
  });

  it('refuses missing, unknown, wrong, expired and revoked keys alike', async () => {
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
    const nobodyIsAdmin = new Authenticator(new ApiKeysRepository(domain.database), {
      databaseUrl: domain.databaseUrl,
      adminApiKeys: [],
    });
    expect(await refused(nobodyIsAdmin, adminApiKey)).toBe(true);
    expect(await refused(nobodyIsAdmin, '')).toBe(true);
  });

  it('refuses a revoked key in every process within a second, cached or not', async () => {
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
    const inTime = { timeoutMs: 1_000, everyMs: 10 };
    await waitFor('the refusal here', () => refused(one, made.key), inTime);
    await waitFor('the refusal there', () => refused(other, made.key), inTime);
  });

  it('caches nothing while its listener is deaf, and forgets what it had', async () => {
    const one = await start(authenticator());
    const made = await newKey();
    await one.authenticate(made.key);
    await spoil(made.id);
    expect(await refused(one, made.key)).toBe(false); // from the cache
    const [ear] = await ears();
    await domain.database.query('SELECT pg_terminate_backend($1)', [required(ear)]);
    await waitFor('Postgres to be asked', () => refused(one, made.key), { timeoutMs: 1_000, everyMs: 10 });

    await waitFor('the listener to be back', async () => (await ears()).some((pid) => pid !== ear));
    const later = await newKey();
    await one.authenticate(later.key);
    await spoil(later.id);
    expect(await refused(one, later.key)).toBe(false);
  });

  it('caches nothing before it listens', async () => {
    const one = authenticator();
    const made = await newKey();
    await one.authenticate(made.key);
    await spoil(made.id);
    expect(await refused(one, made.key)).toBe(true);
  });

  it('does not keep a key that was read while it was deaf and revoked before it heard again', async () => {
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
    const early = Promise.resolve(one.authenticate(made.key));
    await waitFor('the key to be read', () => isRead);
    await keys.revoke(made.id);
    await start(one);
    deliver();
    await early.catch(() => undefined);
    expect(await refused(one, made.key)).toBe(true);
  });

  it('notes when a key was used', async () => {
    const made = await newKey();
    await authenticator().authenticate(made.key);
    await waitFor('the note', async () =>
      (await keys.list('acme')).some(({ id, lastUsedAt }) => id === made.id && lastUsedAt !== null),
    );
  });
});
