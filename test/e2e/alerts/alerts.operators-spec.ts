import { rename } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { readQuery } from '../../deploy/promql.js';
import { freePort } from '../../support/ports.js';
import { deployedRules, Prometheus, prometheusMissing } from '../../support/prometheus.js';
import { processesBeside, type ProcessesBeside } from '../../support/processes-beside.js';
import { makePartner, type TestPartner } from '../../support/shared-stack.js';
import { Stack } from '../../support/stack.js';
import { settled } from '../../support/voices.js';
import { waitFor } from '../../support/wait-for.js';
import { behave, behaveAgain, embedInstantly } from '../contract/emulated.js';
import { toneVoice, voiceOfSamples } from '../contract/made-voices.js';
import { sql } from '../contract/sql.js';
import { toneForm } from '../contract/tone.js';

if (prometheusMissing !== null) console.warn(prometheusMissing);

/** Long enough for a busy machine. Each step ends as soon as its condition is met. */
const patience = { timeoutMs: 120_000, everyMs: 250 };
const patienceMs = 300_000;

/** Each alert fires in a real Prometheus that scrapes real processes, after one real event. */
(prometheusMissing === null ? describe : describe.skip)('the alerts', () => {
  let stack: Stack;
  /** A worker that meets a failure before its first scrape. */
  let fresh: ProcessesBeside;
  let prometheus: Prometheus;
  let partner: TestPartner;
  const heard = new Set<string>();

  beforeAll(async () => {
    const [api, worker, next] = await Promise.all([freePort(), freePort(), freePort()]);
    const env = { STORAGE_URL: '', TEST_SENTENCES: 'One is enough.' };
    stack = await Stack.start({
      env,
      apiEnv: { METRICS_PORT: String(api), DATABASE_POOL_SIZE: '2' },
      workerEnv: { METRICS_PORT: String(worker) },
    });
    fresh = await processesBeside(stack.address, { ...env, METRICS_PORT: String(next) });
    prometheus = await Prometheus.start(stack.address.dataDir, {
      'timbre-api': [api],
      'timbre-worker': [worker, next],
    });
    partner = await makePartner(stack.address);
    await embedInstantly(stack.address, partner);
    await toneVoice(partner, 'anna', 2);
  });
  afterAll(async () => {
    await prometheus?.stop();
    await fresh?.worker.stop();
    await stack?.stop();
  });

  const firing = async (names: readonly string[]): Promise<string[]> => {
    const { firing: all } = await prometheus.alerts();
    return names.filter((name) => all.has(name));
  };

  /** Runs an event and waits until these alerts fire, which must not fire before it. */
  const ring = async (event: () => Promise<unknown>, ...names: readonly string[]): Promise<void> => {
    await waitFor(`silence before ${names.join(', ')}`, async () => (await firing(names)).length === 0, patience);
    await event();
    await waitFor(names.join(', '), async () => (await firing(names)).length === names.length, patience);
    for (const name of names) heard.add(name);
  };

  /** Like {@link ring}, but repeats the work until the alerts fire. */
  const ringWhile = async (work: () => Promise<unknown>, ...names: readonly string[]): Promise<void> => {
    let isOver = false;
    let going: Promise<void> | undefined;
    const goOn = async (): Promise<void> => {
      while (!isOver) await work();
    };
    const begin = async (): Promise<void> => void (going = goOn());
    await ring(begin, ...names).finally(() => (isOver = true));
    await going;
  };

  /** Locks the table of voices while `work` runs. */
  const whileLocked = async (work: (unlock: () => Promise<unknown>) => Promise<unknown>): Promise<void> => {
    const client = new pg.Client({ connectionString: stack.address.databaseUrl });
    await client.connect();
    await client.query('BEGIN');
    await client.query('LOCK TABLE voices');
    await work(() => client.query('ROLLBACK'));
    await client.end();
  };

  it('are valid according to promtool', () => Prometheus.check());

  it(
    'do not fire on a healthy system, and every series in them exists from the start',
    async () => {
      const selectors = (await deployedRules()).flatMap(({ expr }) => readQuery(expr).selectors);
      const queries = selectors.map(({ name, matchers }) => {
        const inside = matchers.map(({ label, operator, value }) => `${label}${operator}"${value}"`);
        return `${name}{${inside.join(',')}}`;
      });
      const absent = async (): Promise<string[]> => {
        const counts = await Promise.all(queries.map((query) => prometheus.count(query)));
        return queries.filter((_, at) => counts[at] === 0);
      };
      await waitFor('both processes to be scraped', async () => (await prometheus.count('up == 1')) === 2, patience);
      await waitFor(
        'their second scrape',
        async () => (await prometheus.count('timestamp(up) - timestamp(up offset 3s) > 0')) > 1,
        patience,
      );
      expect(await absent()).toEqual([]);
      expect((await prometheus.alerts()).firing).toEqual(new Set());
    },
    patienceMs,
  );

  it(
    'fire when several embeddings fail in a row',
    async () => {
      await behave(stack.address, { partner: partner.name, voice: 'fails' }, { kind: 'fail', error: 'out of memory' });
      await voiceOfSamples(partner, 'fails', 1);
      const fail = async (): Promise<void> => {
        for (let failed = 0; failed < 4; failed += 1) {
          await partner.http.post(`${partner.route('fails')}/embed`);
          expect((await settled(partner, 'fails')).status.embedding).toBe('failed');
        }
      };
      await ring(fail, 'TimbreJobsFail');
    },
    patienceMs,
  );

  it(
    'fire when RunPod refuses one submission of a worker that has just started',
    async () => {
      await stack.parts.worker.stop();
      const match = { partner: partner.name, voice: 'refused' };
      await behave(stack.address, match, { kind: 'answer', on: 'run', status: 401, accepts: false });
      await voiceOfSamples(partner, 'refused', 1);
      await partner.http.post(`${partner.route('refused')}/embed`);
      await ring(() => fresh.worker.start(), 'TimbreRunpodRefuses');
      await behaveAgain(stack.address, match);
      await fresh.worker.stop();
      await stack.parts.worker.start();
    },
    patienceMs,
  );

  it(
    'fire when RunPod is unreachable',
    async () => {
      await behave(stack.address, { partner: partner.name, voice: 'held' }, { kind: 'hold' });
      await voiceOfSamples(partner, 'held', 1);
      await partner.http.post(`${partner.route('held')}/embed`);
      await ring(() => stack.parts.emulator.stop(), 'TimbreRunpodUnreachable');
      await stack.parts.emulator.start();
      await embedInstantly(stack.address, partner);
    },
    patienceMs,
  );

  it(
    'fire when reads of a voice are slow',
    async () => {
      const slowRead = (): Promise<void> =>
        whileLocked(async (unlock) => {
          const reading = partner.http.get(partner.route('anna'));
          await sleep(1_500);
          await unlock();
          await reading;
        });
      await ringWhile(slowRead, 'TimbreReadsSlow');
    },
    patienceMs,
  );

  it(
    'fire when the pool of Postgres connections is exhausted',
    async () => {
      await whileLocked(async (unlock) => {
        const read = (): Promise<unknown> => partner.http.get(partner.route('anna'));
        await ringWhile(() => Promise.all(Array.from({ length: 6 }, read)), 'TimbrePoolExhausted');
        await unlock();
      });
    },
    patienceMs,
  );

  it(
    'fire when the storage is missing and uploads fail',
    async () => {
      const folder = path.join(stack.address.dataDir, 'objects');
      let isAway = false;
      const upload = async (): Promise<void> => {
        if (!isAway) await rename(folder, `${folder}-away`);
        isAway = true;
        expect((await partner.http.post(partner.route(), toneForm(2, { name: 'nowhere' }))).status).toBe(503);
      };
      await ringWhile(upload, 'TimbreDependencyDown', 'TimbreRequestsFail');
      await rename(`${folder}-away`, folder);
    },
    patienceMs,
  );

  it(
    'fire when Redis is down, and when an event loop is blocked',
    async () => {
      await ring(() => stack.parts.valkey.stop(), 'TimbreRedisDown');
      await stack.parts.valkey.start();
      const block = async (): Promise<void> => {
        stack.parts.worker.kill('SIGSTOP');
        await sleep(1_500);
        stack.parts.worker.kill('SIGCONT');
        await sleep(400);
      };
      await ringWhile(block, 'TimbreEventLoopBlocked');
    },
    patienceMs,
  );

  it(
    'fire when no worker runs, jobs wait, workers have died, and deleted objects remain',
    async () => {
      const stopAndUpload = async (): Promise<void> => {
        await stack.parts.worker.stop();
        for (let at = 0; at < 6; at += 1)
          await partner.http.post(partner.route(), toneForm(2, { name: `waits ${at}` }));
      };
      await ring(stopAndUpload, 'TimbreWorkersMissing');
      const makeLate = async (): Promise<void> => {
        await sql(stack.address, `UPDATE jobs SET run_after = now() - interval '11 minutes' WHERE state = 'queued'`);
        expect((await partner.http.delete(partner.route('anna'))).status).toBe(204);
        await sql(stack.address, `UPDATE object_removals SET due_at = now() - interval '3 minutes'`);
      };
      await ring(makeLate, 'TimbreJobsWait', 'TimbreErasureLate');
      // The state that three killed workers would leave.
      const leave = `UPDATE jobs SET state = 'running', generation = generation + 1, leased_until = now(), deaths = 3
      WHERE state = 'queued'`;
      await ring(() => sql(stack.address, leave), 'TimbreJobKillsWorkers');
      await ring(() => stack.parts.worker.start(), 'TimbreWorkersDie');
      for (let at = 0; at < 6; at += 1) {
        expect((await settled(partner, `waits ${at}`)).status.splitting).toBe('completed');
      }
    },
    patienceMs,
  );

  it(
    'fire when no API runs',
    async () => {
      await ring(async () => stack.parts.api.kill('SIGKILL'), 'TimbreApiMissing');
    },
    patienceMs,
  );

  it('have all fired in the tests above', async () => {
    expect([...heard].sort()).toEqual((await deployedRules()).map(({ alert }) => alert).sort());
  });
});
