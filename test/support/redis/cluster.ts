import { mkdirSync, rmSync } from 'node:fs';
import type { RedisOptions } from 'ioredis';
import type { ServerCertificate } from '../certificates.js';
import { freePort } from '../ports.js';
import { temporaryFolder } from '../services.js';
import { waitFor } from '../wait-for.js';
import { folderOf, redisServer, type RedisServer } from './redis-server.js';

const slots = 16_384;

export interface RedisClusterOptions {
  /** Makes nodes announce their host name, `localhost`, as managed clusters do. */
  readonly tls?: ServerCertificate;
  readonly args?: readonly string[];
  readonly client?: RedisOptions;
}

/** A cluster of three real masters without replicas. Each holds a third of the slots. */
export class RedisCluster {
  private constructor(
    private readonly folder: string,
    readonly nodes: readonly RedisServer[],
  ) {}

  static async start(options: RedisClusterOptions = {}): Promise<RedisCluster> {
    const folder = temporaryFolder();
    const ports: number[] = [];
    while (ports.length < 6) ports.push(await freePort());
    const [buses, clients] = [ports.slice(3), ports.slice(0, 3)];
    const host = options.tls ? 'localhost' : '127.0.0.1';
    const names = ['--cluster-announce-hostname', host, '--cluster-preferred-endpoint-type', 'hostname'];
    const nodes = clients.map((port, at) => {
      mkdirSync(folderOf(folder, port));
      const bus = ['--cluster-enabled', 'yes', '--cluster-port', String(buses[at]), '--cluster-node-timeout', '1000'];
      return redisServer({
        name: `node ${at + 1}`,
        port,
        folder: folderOf(folder, port),
        args: [...bus, ...(options.tls ? [...names, '--tls-cluster', 'yes'] : []), ...(options.args ?? [])],
        ...(options.tls && { tls: options.tls }),
        client: { ...(options.tls && { tls: { rejectUnauthorized: false } }), ...options.client },
      });
    });
    const cluster = new RedisCluster(folder, nodes);
    await Promise.all(nodes.map((node) => node.process.start()));
    await Promise.all(nodes.map((node, at) => giveSlots(node, at, nodes.length)));
    const [first, ...others] = nodes;
    for (const [at, { port }] of others.entries()) {
      await first?.ask('CLUSTER', 'MEET', '127.0.0.1', port, buses[at + 1] ?? 0);
    }
    await cluster.whole(host);
    return cluster;
  }

  /** The hosts of a REDIS_URL. */
  get hosts(): string {
    return this.nodes.map(({ port }) => `localhost:${port}`).join(',');
  }

  /** The node that holds a key's slot. */
  async nodeOf(key: string): Promise<RedisServer> {
    const slot = (await this.nodes[0]?.ask('CLUSTER', 'KEYSLOT', key)) as number;
    const node = this.nodes[Math.floor((slot * this.nodes.length) / slots)];
    if (node === undefined) throw new Error(`nobody holds slot ${slot}`);
    return node;
  }

  /** Waits until every node accepts commands and knows all others. */
  async whole(host = '127.0.0.1'): Promise<void> {
    await waitFor('a whole cluster', async () => {
      const told = await Promise.all(
        this.nodes.map(
          async (node) => [await node.ask('CLUSTER', 'INFO'), await node.ask('CLUSTER', 'SLOTS')] as const,
        ),
      );
      return told.every(([info, ranges]) => {
        const endpoints = (ranges as [number, number, [string]][]).map(([, , [endpoint]]) => endpoint);
        return /cluster_state:ok/.test(String(info)) && endpoints.filter((one) => one === host).length === 3;
      });
    });
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.process.stop()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Node `at` gets its third, and an epoch of its own, so that the nodes need not first argue about theirs. */
async function giveSlots(node: RedisServer, at: number, of: number): Promise<void> {
  const first = Math.ceil((at * slots) / of);
  const last = Math.ceil(((at + 1) * slots) / of) - 1;
  await node.ask('CLUSTER', 'ADDSLOTSRANGE', first, last);
  await node.ask('CLUSTER', 'SET-CONFIG-EPOCH', at + 1);
}
