import { randomBytes } from 'node:crypto';
import os from 'node:os';
import Bull, { type Queue } from 'bull';
import pg from 'pg';
import { queueOptions, type QueueName } from '../../../libs/jobs/src/job-queues.js';
import { Cluster } from '../../cluster/cluster.js';
import { HttpClient } from '../../support/http.js';
import { makePartner, type TestPartner } from '../../support/shared-stack.js';
import { waitFor } from '../../support/wait-for.js';
import { familyCpuSeconds, machineCpuSeconds } from './processes.js';

/** CPU seconds of each kind of process, over a while. */
export interface CpuUse {
  readonly api: number;
  /** With the ffmpegs they ran. */
  readonly workers: number;
  readonly postgres: number;
  readonly redis: number;
  readonly emulator: number;
  /** Share of all cores that was in use, by whatever ran on the machine: 1 is all of them. */
  readonly machine: number;
}

/** One partner's share of the workers is no bound here. */
const env = { MAX_ACTIVE_JOBS_PER_PARTNER: '1000' };
/** How many are measured. */
export const workerCounts = [1, 2, 4] as const;

/** The Timbre that is measured: 2 APIs, up to 4 workers with one ffmpeg each, a folder that all of them mount. */
export class Site {
  private readonly queues = new Map<QueueName, Queue>();

  /** The most connections to Postgres that a process of a kind had at the end of a load, on average over the kind. */
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

  /** Leaves so many workers running, ready and with nothing to do. */
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

  /** Erases all of a partner and waits until its bytes are gone, so that nothing is left to do. */
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

  /** Deliveries of a queue wait until it is resumed, for all workers. */
  pause(name: QueueName): Promise<void> {
    return this.queue(name).pause();
  }

  resume(name: QueueName): Promise<void> {
    return this.queue(name).resume();
  }

  /** Counts connections as Postgres does, by the names that processes give them. */
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

  /** @returns asks for the CPU used since now */
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

  /** Of all cores, how much CPU was in use over so many seconds. */
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

/** Names that nobody has had yet. */
export const freshNames = (count: number): readonly string[] => {
  const tag = randomBytes(3).toString('hex');
  return Array.from({ length: count }, (_, at) => `${tag} ${at}`);
};
