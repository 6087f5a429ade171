import { randomBytes } from 'node:crypto';
import os from 'node:os';
import Bull, { type Queue } from 'bull';
import pg from 'pg';
import { queueOptions, type QueueName } from '../../../libs/jobs/src/queues/queue-options.js';
import { Cluster } from '../../cluster/cluster.js';
import { HttpClient } from '../../support/http.js';
import { makePartner, type TestPartner } from '../../support/shared-stack.js';
import { waitFor } from '../../support/wait-for.js';
import { familyCpuSeconds, machineCpuSeconds } from './processes.js';

/** CPU seconds of each kind of process over a period. */
export interface CpuUse {
  readonly api: number;
  /** Includes their ffmpeg processes. */
  readonly workers: number;
  readonly postgres: number;
  readonly redis: number;
  readonly emulator: number;
  /** Share of all cores in use by any process on the machine, from 0 to 1. */
  readonly machine: number;
}

/** High enough that the limit on a partner's active jobs has no effect. */
const env = { MAX_ACTIVE_JOBS_PER_PARTNER: '1000' };
/** The largest numbers of processes that are measured. */
export const workerCounts = [1, 2, 4] as const;

/** The installation that is measured: 2 APIs, up to 4 workers with one ffmpeg each, and a shared folder as storage. */
export class Site {
  private readonly queues = new Map<QueueName, Queue>();

  /** Postgres connections per process, as an average for each kind of process. The highest value after any load. */
  readonly connections = new Map<string, number>();

  private constructor(
    readonly cluster: Cluster,
    readonly client: pg.Client,
  ) {}

  static async start(): Promise<Site> {
    const cluster = await Cluster.start({ apis: 2, workers: Math.max(...workerCounts), storage: 'folder', env });
    const client = new pg.Client({ connectionString: cluster.databaseUrl, application_name: 'bench' });
    await client.connect();
    return new Site(cluster, client);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.queues.values()].map((queue) => queue.close()));
    await this.client.end();
    await this.cluster.stop();
  }

  async sql<T extends pg.QueryResultRow>(statement: string, parameters: readonly unknown[] = []): Promise<T[]> {
    return (await this.client.query<T>(statement, [...parameters])).rows;
  }

  /** Starts or stops workers until this many are running, ready and idle. */
  async runWorkers(count: number): Promise<void> {
    await Promise.all(
      this.cluster.workers.map(async (worker, at) => {
        if (at >= count) await worker.stop();
        else if (worker.pid === undefined) await worker.start();
      }),
    );
  }

  partner(): Promise<TestPartner> {
    return makePartner({ baseUrl: this.cluster.baseUrls[0] ?? '', adminKey: this.cluster.adminKey });
  }

  /** Erases a partner and waits until its bytes are gone, so that no work is left. */
  async erase(partner: TestPartner): Promise<void> {
    const admin = new HttpClient(this.cluster.baseUrls[0] ?? '', this.cluster.adminKey);
    const { status } = await admin.delete(`/admin/partners/${partner.name}`);
    if (status !== 204) throw new Error(`erasing ${partner.name}: ${status}`);
    await waitFor('its bytes to be gone', async () => {
      const [left] = await this.sql<{ n: number }>(
        'SELECT count(*)::int AS n FROM object_removals WHERE due_at <= now()',
      );
      return left?.n === 0;
    });
  }

  /** Pauses a queue for all workers until it is resumed. */
  pause(name: QueueName): Promise<void> {
    return this.queue(name).pause();
  }

  resume(name: QueueName): Promise<void> {
    return this.queue(name).resume();
  }

  /** Counts the connections to Postgres by their application names. */
  async noteConnections(): Promise<void> {
    const rows = await this.sql<{ name: string; n: number }>(
      `SELECT application_name AS name, count(*)::int AS n FROM pg_stat_activity
       WHERE application_name LIKE 'timbre-%' GROUP BY 1`,
    );
    const { apis, workers } = this.cluster;
    for (const { name, n } of rows) {
      const processes = (name.includes('worker') ? workers : apis).filter(({ pid }) => pid !== undefined).length;
      this.connections.set(name, Math.max(this.connections.get(name) ?? 0, n / processes));
    }
  }

  /** Starts to measure CPU time. @returns a function that returns the CPU time used since then */
  watchCpu(): () => CpuUse {
    const startedAt = performance.now();
    const before = this.cpuSeconds();
    return () => {
      const after = this.cpuSeconds();
      const used = (what: keyof typeof before): number => after[what] - before[what];
      const seconds = (performance.now() - startedAt) / 1000;
      return {
        api: used('api'),
        workers: used('workers'),
        postgres: used('postgres'),
        redis: used('redis'),
        emulator: used('emulator'),
        machine: this.shareOfCores(used('machine'), seconds),
      };
    };
  }

  /** Returns the share of all cores that was in use over a number of seconds. */
  shareOfCores(cpuSeconds: number, seconds: number): number {
    return cpuSeconds / (seconds * os.availableParallelism());
  }

  private cpuSeconds(): Readonly<Record<keyof CpuUse, number>> {
    const { apis, workers, postgres, valkey, gpu } = this.cluster;
    const all = (processes: Cluster['apis']): number =>
      processes.reduce((sum, { pid }) => sum + familyCpuSeconds(pid), 0);
    return {
      api: all(apis),
      workers: all(workers),
      postgres: familyCpuSeconds(postgres.pid),
      redis: familyCpuSeconds(valkey.pid),
      emulator: familyCpuSeconds(gpu.emulator.pid),
      machine: machineCpuSeconds(),
    };
  }

  private queue(name: QueueName): Queue {
    const known = this.queues.get(name);
    if (known) return known;
    const made = new Bull(name, this.cluster.redisUrl, { prefix: queueOptions.prefix });
    this.queues.set(name, made);
    return made;
  }
}

/** Returns unused names. */
export const freshNames = (count: number): readonly string[] => {
  const tag = randomBytes(3).toString('hex');
  return Array.from({ length: count }, (_, at) => `${tag} ${at}`);
};
