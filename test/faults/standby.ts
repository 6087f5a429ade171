import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { embeddedPostgres, ManagedProcess } from '#libs/local-services';
import { waitFor } from '../support/wait-for.js';
import { postgresSettings, type Lab } from './lab.js';

const run = promisify(execFile);

/** A standby server that temporarily replaces a lab's Postgres. */
export class Standby {
  private constructor(
    private readonly lab: Lab,
    private readonly url: URL,
    private readonly cluster: string,
    private readonly server: ManagedProcess,
  ) {}

  /** Starts a standby from a copy of the lab's Postgres, which is stopped meanwhile. */
  static async follow(lab: Lab): Promise<Standby> {
    const folder = path.join(lab.dataDir, 'standby');
    const cluster = path.join(folder, 'postgres');
    await lab.postgres.stop();
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
    await run('cp', ['-a', lab.cluster, cluster]);
    await writeFile(path.join(cluster, 'standby.signal'), '');
    await writeFile(path.join(folder, 'postgres-password'), new URL(lab.databaseUrl).password);
    const { port, username, password } = new URL(lab.databaseUrl);
    const server = await embeddedPostgres(folder, [
      ...postgresSettings,
      'max_connections=200', // a standby does not start with fewer than the primary
      `primary_conninfo=host=127.0.0.1 port=${port} user=${username} password=${password}`,
    ]);
    await lab.postgres.start();
    const process = new ManagedProcess({ ...server.process, name: 'standby' }, lab.log);
    const standby = new Standby(lab, new URL(server.url), cluster, process);
    await process.start();
    await standby.caughtUp();
    return standby;
  }

  /** Directs new connections to the standby. Open connections stay where they are. */
  takeConnections(): void {
    this.lab.postgresAt.port = Number(this.url.port);
  }

  /** Waits until the standby has all data of the primary. Nothing may write meanwhile. */
  async caughtUp(): Promise<void> {
    const [{ lsn } = { lsn: '' }] = await this.lab.sql<{ lsn: string }>('SELECT pg_current_wal_flush_lsn() AS lsn');
    const isHere = async (): Promise<boolean> => {
      const [row] = await this.ask<{ here: boolean }>(`SELECT pg_last_wal_replay_lsn() >= '${lsn}' AS here`);
      return row?.here === true;
    };
    await waitFor('the standby to catch up', () => isHere().catch(() => false));
  }

  /** Promotes the standby and waits until it accepts writes. */
  async promote(): Promise<void> {
    await this.ask('SELECT pg_promote()');
  }

  /** Moves the data back to the lab's own Postgres, which takes over again. */
  async returnPlace(): Promise<void> {
    await Promise.all([this.server.stop(), this.lab.postgres.stop()]);
    await rm(this.lab.cluster, { recursive: true });
    await run('mv', [this.cluster, this.lab.cluster]);
    this.lab.postgresAt.port = Number(new URL(this.lab.databaseUrl).port);
    await this.lab.postgres.start();
  }

  /** Stops the standby and directs connections to the lab's own Postgres again, also after a failed round. */
  async stop(): Promise<void> {
    await this.server.stop();
    this.lab.postgresAt.port = Number(new URL(this.lab.databaseUrl).port);
  }

  private async ask<T extends object>(sql: string): Promise<T[]> {
    const client = new pg.Client({ connectionString: this.url.href });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<T>(sql)).rows;
    } finally {
      await client.end();
    }
  }
}
