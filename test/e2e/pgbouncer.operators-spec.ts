import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { freshDatabase, type FreshDatabase } from '../support/database.js';
import { pgbouncerProgram, startPgbouncer, type Pgbouncer } from '../support/pgbouncer.js';
import { processesBeside } from '../support/processes-beside.js';
import { revokeKeyInUse } from '../support/revoked-key.js';
import { makePartner, type TestPartner } from '../support/shared-stack.js';
import { speech } from '../support/audio-measure.js';
import { Stack } from '../support/stack.js';
import { finishedVoice } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';
import { startSecondApi } from './contract/second-api.js';

const program = pgbouncerProgram(process.env['PATH'] ?? '');
if (program === null) console.warn('PgBouncer is not tested: it is not installed (Debian: pgbouncer)');
const describeWithPgbouncer = program === null ? describe.skip : describe;

/** What a test has started. It is stopped even if the test fails. */
const own: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of own.splice(0).reverse()) await one.stop();
});
async function started<T extends { stop(): Promise<unknown> }>(starting: Promise<T>): Promise<T> {
  const one = await starting;
  own.push(one);
  return one;
}

/** Few connections, so that a client rarely gets the same one twice. */
const few = { default_pool_size: 4 };

/** Reads with many clients at once, so that statements run on connections where other clients have prepared them. */
async function readALot(partner: TestPartner, voice: string): Promise<void> {
  const routes = [partner.route(), partner.route(voice), `${partner.route(voice)}/samples/1`];
  for (let round = 0; round < 10; round += 1) {
    const answers = await Promise.all([...routes, ...routes, ...routes].map((route) => partner.http.fetch(route)));
    const statuses = await Promise.all(answers.map(async (answer) => [await answer.arrayBuffer(), answer.status][1]));
    expect(statuses).toEqual(statuses.map(() => 200));
  }
}

describeWithPgbouncer.each(['transaction', 'session'])('Timbre behind PgBouncer in %s mode', (mode) => {
  let fresh: FreshDatabase;
  let pgbouncer: Pgbouncer;
  let stack: Stack;
  beforeAll(async () => {
    fresh = await freshDatabase();
    // In session mode each client holds a connection for as long as it is open.
    const size = mode === 'session' ? { default_pool_size: 50 } : few;
    pgbouncer = await startPgbouncer(program ?? '', fresh.url, { pool_mode: mode, ...size });
    const env = { DATABASE_URL: pgbouncer.url, DATABASE_DIRECT_URL: fresh.url };
    stack = await Stack.start({ apiEnv: env, workerEnv: env });
  });
  afterAll(async () => {
    await stack?.stop();
    await pgbouncer?.stop();
    await fresh?.drop();
  });

  it('finishes a voice and answers reads without an error of PgBouncer or Postgres', async () => {
    const partner = await makePartner(stack.address);
    const voice = await finishedVoice(partner, 'anna', speech('en'));
    expect(voice.status).toEqual({ splitting: 'completed', embedding: 'completed' });
    await readALot(partner, 'anna');
    expect(stack.lines.filter((line) => /"level":[4-9]0/.test(line))).toEqual([]);
  });

  it('refuses a revoked key at once', async () => {
    expect(await revokeKeyInUse(stack.address)).toBeLessThan(20_000); // the cache would forget it after 30 s
  });

  it('waits and logs the reason while PgBouncer cannot reach Postgres', async () => {
    const nowhere = fresh.url.replace(/:\d+\//, ':1/');
    const none = await started(startPgbouncer(program ?? '', nowhere, { pool_mode: mode, query_wait_timeout: 2 }));
    const { api, log } = await processesBeside(
      { ...stack.address, databaseUrl: none.url },
      { DATABASE_DIRECT_URL: fresh.url },
    );
    own.push(api);
    void api.start().catch(() => undefined); // rejects when the test stops it
    await waitFor('the log to contain the error', () => log.lines.some((line) => line.includes('"code":"08P01"')));
    expect(api.pid).toBeDefined();
  });
});

describeWithPgbouncer('Timbre behind PgBouncer in transaction mode without DATABASE_DIRECT_URL', () => {
  let fresh: FreshDatabase;
  let stack: Stack;
  beforeAll(async () => {
    fresh = await freshDatabase();
    stack = await Stack.start();
  });
  afterAll(async () => {
    await stack?.stop();
    await fresh?.drop();
  });

  it('does not start, and logs the name of the missing variable', async () => {
    const refusing = await started(startPgbouncer(program ?? '', fresh.url, { pool_mode: 'transaction' }));
    const around = { ...stack.address, databaseUrl: refusing.url };
    for (const part of ['api', 'worker', 'migrate'] as const) {
      const { log, ...parts } = await processesBeside(around);
      own.push(parts[part]);
      await parts[part].start().catch(() => undefined);
      await waitFor(`${part} to log the variable`, () =>
        log.lines.some((line) => line.includes('set DATABASE_DIRECT_URL')),
      );
      expect(await parts[part].ended).toBe('ended with code 1');
    }
  });

  it('serves correct reads and refuses revoked keys at once if PgBouncer ignores startup parameters', async () => {
    const ignore_startup_parameters = 'statement_timeout,idle_in_transaction_session_timeout';
    const settings = { pool_mode: 'transaction', ignore_startup_parameters, ...few };
    const pgbouncer = await started(startPgbouncer(program ?? '', fresh.url, settings));
    const api = await started(startSecondApi({ ...stack.address, databaseUrl: pgbouncer.url }));
    const partner = await makePartner(api.address);
    await partner.http.post(partner.route(), { name: 'empty' });
    for (let round = 0; round < 10; round += 1) {
      const asked = Array.from({ length: 8 }, () => partner.http.get(partner.route('empty')));
      expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(asked.map(() => 200));
    }
    expect(await revokeKeyInUse(api.address)).toBeLessThan(20_000);
    await waitFor('a warning about the missing setting', () =>
      api.lines.some((line) => line.includes('key revocations not received') && line.includes('DATABASE_DIRECT_URL')),
    );
  });
});
