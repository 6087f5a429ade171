import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createDataSource, Database, Notifications } from '#libs/database';
import { JobQueues } from '#libs/jobs';
import { Metrics } from '#libs/metrics';
import { OBJECT_STORAGE, ScratchFolder, type ObjectStorage } from '#libs/storage';
import { deadRedisUrl, Domain } from '../../../test/support/domain.js';
import { freePort } from '../../../test/support/ports.js';
import { temporaryFolder } from '../../../test/support/services.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { Gauges } from './gauges.js';
import { Health } from './health.js';
import { MonitoringServer } from './monitoring-server.js';
import { WorkAtHandRepository } from './work-at-hand.repository.js';

const redisUrl = process.env['TEST_REDIS_URL'] ?? '';

/** Starts the monitoring of a process, as the module wires it. */
async function monitor(domain: Domain, scratch: Pick<ScratchFolder, 'check'>): Promise<MonitoringServer> {
  const [metrics, queues] = [new Metrics('worker'), domain.get(JobQueues)];
  const health = new Health(domain.database, queues, domain.get<ObjectStorage>(OBJECT_STORAGE), scratch, {
    warn: () => undefined,
  });
  const gauges = new Gauges(metrics, health, domain.database, new WorkAtHandRepository(domain.database), queues);
  const server = new MonitoringServer(metrics, gauges, health, {
    metricsHost: '127.0.0.1',
    metricsPort: await freePort(),
  });
  await server.onApplicationBootstrap();
  return server;
}

describe('MonitoringServer', () => {
  let domain: Domain;
  let server: MonitoringServer;
  let scratch: ScratchFolder;
  let folder: string;
  beforeEach(async () => {
    domain = await Domain.open({ redisUrl });
    folder = temporaryFolder();
    scratch = await ScratchFolder.open(folder, 'worker');
    server = await monitor(domain, scratch);
  });
  afterEach(async () => {
    await server.onApplicationShutdown();
    await scratch.close();
    rmSync(folder, { recursive: true, force: true });
    await domain.close();
  });

  const ask = (path: string, method = 'GET'): Promise<Response> => fetch(`${server.url}${path}`, { method });
  /** Values of a metric by its labels besides `app`. */
  const valuesOf = async (name: string): Promise<Record<string, number>> => {
    const lines = (await (await ask('/metrics')).text()).split('\n');
    const samples = lines.map((line) => new RegExp(`^${name}\\{(.*?),?app="worker"\\} (.*)$`).exec(line));
    return Object.fromEntries(samples.flatMap((found) => (found ? [[found[1] ?? '', Number(found[2])] as const] : [])));
  };

  it('exports metrics of Node and of Timbre in the Prometheus format', async () => {
    const answer = await ask('/metrics');
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await answer.text();
    expect(text).toContain('# TYPE timbre_jobs gauge');
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds\{app="worker"\} /m);
    expect(text).toMatch(/^process_resident_memory_bytes\{app="worker"\} /m);
  });

  it('exports the jobs in Postgres', async () => {
    const queued = await domain.jobId(await domain.uploadedVoice(), 'split');
    await domain.claim(await domain.uploadedVoice(), 'split');
    await domain.database.query(
      `UPDATE jobs SET run_after = now() - interval '90 s', deaths = 3, created_at = now() - interval '1 d' WHERE id = $1`,
      [queued],
    );
    expect(await valuesOf('timbre_jobs')).toEqual({
      'kind="split",state="queued"': 1,
      'kind="split",state="running"': 1,
      'kind="split",state="waiting"': 0,
      'kind="embed",state="queued"': 0,
      'kind="embed",state="running"': 0,
      'kind="embed",state="waiting"': 0,
      'kind="speak",state="queued"': 0,
      'kind="speak",state="running"': 0,
      'kind="speak",state="waiting"': 0,
      'kind="import",state="queued"': 0,
      'kind="import",state="running"': 0,
      'kind="import",state="waiting"': 0,
    });
    const ages = await valuesOf('timbre_oldest_queued_job_age_seconds');
    expect(ages['kind="split"']).toBeGreaterThanOrEqual(90);
    expect(ages['kind="split"']).toBeLessThan(150);
    expect(ages['kind="embed"']).toBe(0);
    expect(await valuesOf('timbre_active_job_deaths')).toEqual({
      'kind="split"': 3,
      'kind="embed"': 0,
      'kind="speak"': 0,
      'kind="import"': 0,
    });
  });

  it('does not count a job that is not due yet as queued', async () => {
    const id = await domain.jobId(await domain.uploadedVoice(), 'split');
    await domain.database.query(`UPDATE jobs SET run_after = now() + interval '1 h' WHERE id = $1`, [id]);
    expect((await valuesOf('timbre_oldest_queued_job_age_seconds'))['kind="split"']).toBe(0);
  });

  it('exports due removals of objects, and the voices of recomputes', async () => {
    expect(await valuesOf('timbre_recompute_voices')).toEqual({ 'state="waiting"': 0, 'state="running"': 0 });
    await domain.database.query(
      `WITH made AS (INSERT INTO recomputes (tts_type, voices) VALUES ('kyutai', 3) RETURNING id)
       INSERT INTO recompute_voices (recompute_id, voice_id, run, job_id)
       SELECT id, gen_random_uuid(), 'run', CASE n WHEN 1 THEN gen_random_uuid() END FROM made, generate_series(1, 3) n`,
    );
    expect(await valuesOf('timbre_recompute_voices')).toEqual({ 'state="waiting"': 2, 'state="running"': 1 });
    await domain.database.query(
      `INSERT INTO object_removals (target, due_at) VALUES
         ('a', now() - interval '70 s'), ('b', now() - interval '1 s'), ('later', now() + interval '1 h')`,
    );
    expect(await valuesOf('timbre_object_removals_due')).toEqual({ '': 2 });
    expect(await valuesOf('timbre_object_removals_stuck')).toEqual({ '': 0 });
    await domain.database.query(`UPDATE object_removals SET tries = 2 WHERE target = 'a'`);
    expect(await valuesOf('timbre_object_removals_stuck')).toEqual({ '': 1 });
    expect((await valuesOf('timbre_oldest_object_removal_age_seconds'))['']).toBeGreaterThanOrEqual(70);
  });

  it('exports the deliveries in Redis', async () => {
    const queues = domain.get(JobQueues);
    await waitFor('Redis', () => queues.ready());
    const before = await valuesOf('timbre_queue_deliveries');
    await queues.send('embedding-poll', { jobId: 'nobody', generation: 1, number: 1, delayMs: 3_600_000 });
    const label = 'queue="embedding-poll",state="delayed"';
    expect((await valuesOf('timbre_queue_deliveries'))[label]).toBe((before[label] ?? NaN) + 1);
    await queues.get('embedding-poll').removeJobs('nobody-1-1');
  });

  it('exports used and awaited Postgres connections', async () => {
    await waitFor('the listener, which uses the pool on start', () => domain.get(Notifications).hearing);
    let release = (): void => undefined;
    const until = new Promise<void>((resolve) => (release = resolve));
    const held = Array.from({ length: 12 }, () => domain.database.transaction(() => until));
    await waitFor('a full pool', () => domain.database.connections().inUse === 10);
    const scrape = ask('/metrics');
    await waitFor('the queries of the scrape', () => domain.database.connections().waiting > 2);
    release();
    expect(await (await scrape).text()).toContain('timbre_postgres_pool_waiting{app="worker"} 2');
    await Promise.all(held);
    const inUse = async (): Promise<number | undefined> =>
      (await valuesOf('timbre_postgres_pool_connections'))['state="in_use"'];
    await waitFor('a pool at rest', async () => (await inUse()) === 0);
  });

  it('is ready while Postgres and storage answer', async () => {
    await waitFor('Redis', () => domain.get(JobQueues).ready());
    const answer = await ask('/health/ready');
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { status: 'ready', dependencies: { postgres: 'up', storage: 'up', scratch: 'up', redis: 'up' } },
    ]);
    expect(await (await ask('/health/live')).json()).toEqual({ status: 'live' });
    expect(await valuesOf('timbre_dependency_up')).toEqual({
      'dependency="postgres"': 1,
      'dependency="storage"': 1,
      'dependency="scratch"': 1,
      'dependency="redis"': 1,
    });
  });

  it('is not ready while Postgres is read-only, and logs the reason once', async () => {
    const name = new URL(domain.databaseUrl).pathname.slice(1);
    // A connection of its own: the pool may replace its connections, and new ones are read-only.
    const operator = new pg.Client({ connectionString: domain.databaseUrl });
    await operator.connect();
    await operator.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    const warnings: object[] = [];
    const readOnly = await new Database(
      createDataSource({ databaseUrl: domain.databaseUrl, poolSize: 2, applicationName: 'timbre-test' }),
    ).connect();
    const storage = domain.get<ObjectStorage>(OBJECT_STORAGE);
    const health = new Health(readOnly, domain.get(JobQueues), storage, scratch, {
      warn: (line: object) => warnings.push(line),
    });
    for (let looks = 0; looks < 3; looks += 1) {
      expect(await health.readiness()).toMatchObject({
        status: 'not_ready',
        dependencies: { postgres: 'down', storage: 'up' },
      });
    }
    expect(warnings).toMatchObject([
      { dependency: 'postgres', err: { code: 'unavailable', causeCode: 'postgres_read_only' } },
    ]);
    await operator.query(`ALTER DATABASE ${name} SET default_transaction_read_only = off`);
    await operator.end();
    expect(await health.readiness()).toMatchObject({ status: 'ready', dependencies: { postgres: 'up' } });
    await readOnly.close();
  });

  it('recreates a scratch folder that has vanished, and is ready', async () => {
    rmSync(folder, { recursive: true });
    expect((await ask('/health/ready')).status).toBe(200);
    expect(existsSync(scratch.folder)).toBe(true);
  });

  it('is not ready while the scratch folder cannot be created', async () => {
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'a file in its place');
    const answer = await ask('/health/ready');
    expect([answer.status, await answer.json()]).toMatchObject([
      503,
      { status: 'not_ready', dependencies: { storage: 'up', scratch: 'down' } },
    ]);
    expect((await valuesOf('timbre_dependency_up'))['dependency="scratch"']).toBe(0);
  });

  it('is live but not ready without Postgres, and omits metrics from it', async () => {
    await domain.uploadedVoice();
    await domain.database.close();
    const answer = await ask('/health/ready');
    expect([answer.status, await answer.json()]).toMatchObject([
      503,
      { status: 'not_ready', dependencies: { postgres: 'down', storage: 'up' } },
    ]);
    expect((await ask('/health/live')).status).toBe(200);
    expect((await valuesOf('timbre_dependency_up'))['dependency="postgres"']).toBe(0);
    for (const name of ['timbre_jobs', 'timbre_oldest_queued_job_age_seconds', 'timbre_object_removals_due']) {
      expect(await valuesOf(name)).toEqual({});
    }
  });

  it('answers 404 and 405 to everything else', async () => {
    expect((await ask('/')).status).toBe(404);
    expect((await ask('/api/voices/somebody')).status).toBe(404);
    const posted = await ask('/metrics', 'POST');
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    const head = await ask('/health/live', 'HEAD');
    expect([head.status, await head.text()]).toEqual([200, '']);
  });
});

describe('MonitoringServer without Redis', () => {
  let domain: Domain;
  let server: MonitoringServer;
  beforeAll(async () => {
    domain = await Domain.open({ redisUrl: deadRedisUrl });
    server = await monitor(domain, { check: () => Promise.resolve() });
  });
  afterAll(async () => {
    await server.onApplicationShutdown();
    await domain.close();
  });

  it('answers at once, is ready, and omits metrics of the queues', async () => {
    const startedAt = performance.now();
    const text = await (await fetch(`${server.url}/metrics`)).text();
    expect(performance.now() - startedAt).toBeLessThan(20_000); // it does not wait until Redis is back
    expect(text).not.toMatch(/^timbre_queue_deliveries\{/m);
    expect(text).toContain('timbre_dependency_up{dependency="redis",app="worker"} 0');
    const ready = await fetch(`${server.url}/health/ready`);
    expect([ready.status, await ready.json()]).toMatchObject([200, { dependencies: { redis: 'down' } }]);
  });
});

describe('MonitoringServer.onApplicationBootstrap', () => {
  let taken: Server;
  beforeAll(async () => {
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => taken.close(resolve)));

  it('throws an error that names METRICS_PORT if the port is in use', async () => {
    const { port } = taken.address() as AddressInfo;
    const nothing = { refresh: () => Promise.resolve(), readiness: () => Promise.reject(new Error('unasked')) };
    const server = new MonitoringServer(new Metrics('api'), nothing, nothing, {
      metricsHost: '127.0.0.1',
      metricsPort: port,
    });
    await expect(server.onApplicationBootstrap()).rejects.toThrow(
      `METRICS_PORT 127.0.0.1:${port} cannot be used (EADDRINUSE)`,
    );
  });
});
