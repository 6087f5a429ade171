import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RedisOptions } from 'ioredis';
import type { ServerCertificate } from '../certificates.js';
import { freePort } from '../ports.js';
import { temporaryFolder } from '../services.js';
import { waitFor } from '../wait-for.js';
import { folderOf, redisServer, type RedisServer } from './redis-server.js';

const masterName = 'timbre-master';

export interface SentinelsOptions {
  readonly tls?: ServerCertificate;
  /** Options of the master and its replica. */
  readonly password?: string;
  readonly sentinelPassword?: string;
}

/** A real master, its replica and three sentinels with a quorum of two. */
export class Sentinels {
  private constructor(
    private readonly folder: string,
    private readonly data: readonly RedisServer[],
    readonly sentinels: readonly RedisServer[],
  ) {}

  static async start(options: SentinelsOptions = {}): Promise<Sentinels> {
    const { tls, password, sentinelPassword } = options;
    const folder = temporaryFolder();
    const clientTls: RedisOptions = tls ? { tls: { rejectUnauthorized: false } } : {}; // whom to trust is the product's question
    const ports: number[] = [];
    while (ports.length < 5) ports.push(await freePort());
    const server = (port: number, name: string, args: readonly string[], secret?: string): RedisServer => {
      mkdirSync(folderOf(folder, port));
      return redisServer({
        name,
        port,
        folder: folderOf(folder, port),
        args,
        ...(tls && { tls }),
        client: { ...clientTls, ...(secret !== undefined && { password: secret }) },
      });
    };
    const [masterPort = 0, replicaPort = 0, ...sentinelPorts] = ports;
    const atOnce = ['--repl-diskless-sync-delay', '0']; // a replica waits for others, else
    const secrets = password === undefined ? atOnce : [...atOnce, '--requirepass', password, '--masterauth', password];
    const master = server(masterPort, 'master', secrets, password);
    const replica = server(
      replicaPort,
      'replica',
      [...secrets, '--replicaof', '127.0.0.1', String(masterPort)],
      password,
    );
    const sentinels = sentinelPorts.map((port) => {
      const file = path.join(folder, `sentinel-${port}.conf`);
      writeFileSync(file, sentinelFile(masterPort, options));
      return server(port, 'sentinel', [file, '--sentinel'], sentinelPassword);
    });
    const started = new Sentinels(folder, [master, replica], sentinels);
    await Promise.all([master.process.start(), replica.process.start()]);
    // Sentinels ask a master for its replicas when they first see it, and then only every 10 s.
    await waitFor('a replica', async () =>
      /^slave0:.*state=online/m.test(String(await master.ask('INFO', 'replication'))),
    );
    await Promise.all(sentinels.map((one) => one.process.start()));
    await started.agreed();
    return started;
  }

  /** The end of REDIS_URL, after scheme and credentials. */
  get hostsAndName(): string {
    return `${this.sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${masterName}`;
  }

  /** Returns the port of the current master by the sentinels. */
  async master(): Promise<RedisServer> {
    const [sentinel] = this.sentinels;
    const [, port] = (await sentinel?.ask('SENTINEL', 'get-master-addr-by-name', masterName)) as [string, string];
    const found = this.data.find((one) => one.port === Number(port));
    if (found === undefined) throw new Error(`the sentinels call a stranger master: ${port}`);
    return found;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.sentinels, ...this.data].map((one) => one.process.stop()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Waits until every sentinel knows the two others and the replica. Only then does a failover succeed. */
  private async agreed(): Promise<void> {
    await waitFor('the sentinels knowing each other', async () => {
      const told = await Promise.all(this.sentinels.map((one) => one.ask('SENTINEL', 'master', masterName)));
      return told.every((answer) => {
        const facts = answer as string[];
        const fact = (name: string): string | undefined => facts[facts.indexOf(name) + 1];
        return fact('num-other-sentinels') === '2' && fact('num-slaves') === '1' && fact('flags') === 'master';
      });
    });
  }
}

function sentinelFile(masterPort: number, { tls, password, sentinelPassword }: SentinelsOptions): string {
  return [
    `sentinel monitor ${masterName} 127.0.0.1 ${masterPort} 2`,
    `sentinel down-after-milliseconds ${masterName} 1000`,
    `sentinel failover-timeout ${masterName} 5000`,
    ...(password === undefined ? [] : [`sentinel auth-pass ${masterName} ${password}`]),
    ...(sentinelPassword === undefined
      ? []
      : [`requirepass ${sentinelPassword}`, `sentinel sentinel-pass ${sentinelPassword}`]),
    ...(tls ? ['tls-replication yes'] : []),
    '',
  ].join('\n');
}
