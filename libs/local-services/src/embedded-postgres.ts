import fs from 'node:fs';
import path from 'node:path';
import type { Attended } from './attend.main.js';
import type { ProcessOptions } from './managed-process.js';
import { freePort } from './ports.js';
import { accountFor } from './postgres-account.js';
import { postgresBinaries } from './postgres-binaries.js';
import { clusterFolder, clusterPassword, createCluster, takesConnections } from './postgres-cluster.js';
import { commandLine, endProcess, identify } from './process-identity.js';
import { entry } from './project-root.js';

export interface EmbeddedServer {
  readonly url: string;
  /** Options for the ManagedProcess that runs it. */
  readonly process: ProcessOptions;
}

export interface EmbeddedPostgres extends EmbeddedServer {
  /** The folder of its data, which may be outside DATA_DIR. */
  readonly cluster: string;
}

/**
 * Prepares a real Postgres from npm on a free port of 127.0.0.1, with its data in DATA_DIR. Before it starts, it stops a
 * server that a killed run left behind. The caller must own the folder (InstanceLock).
 *
 * @param settings added to the defaults, as `name=value`; fsync stays on unless one turns it off
 */
export async function embeddedPostgres(dataDir: string, settings: readonly string[] = []): Promise<EmbeddedPostgres> {
  const account = accountFor(path.join(dataDir, 'postgres'));
  const bin = postgresBinaries(account);
  const cluster = clusterFolder(dataDir, account);
  const password = clusterPassword(dataDir);
  createCluster(cluster, bin, account, password);

  const port = await freePort();
  const url = `postgres://timbre:${password}@127.0.0.1:${port}/timbre`;
  const all = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=100',
    'log_min_messages=fatal',
    ...settings,
  ];
  const attended: Attended = {
    command: path.join(bin, 'postgres'),
    args: ['-D', cluster, ...all.flatMap((setting) => ['-c', setting])],
    stopSignal: 'SIGINT', // "fast shutdown": ends sessions, writes everything, exits
    ...account,
  };
  return {
    url,
    cluster,
    process: {
      name: 'postgres',
      module: entry('libs/local-services/src/attend.main'),
      args: [JSON.stringify(attended)],
      env: process.env,
      beforeStart: () => endLeftOver(cluster),
      isReady: () => takesConnections(cluster),
    },
  };
}

/** Stops a server that outlived its run. Its pid may belong to another process by now, so the command line is checked. */
async function endLeftOver(cluster: string): Promise<void> {
  const file = path.join(cluster, 'postmaster.pid');
  if (!fs.existsSync(file)) return;
  const left = identify(Number.parseInt(fs.readFileSync(file, 'utf8'), 10));
  if (left !== undefined && commandLine(left.pid).includes(cluster)) await endProcess(left, 'SIGINT', 10_000);
  fs.rmSync(file, { force: true });
}
