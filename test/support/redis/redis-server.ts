import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { Redis, type RedisOptions } from 'ioredis';
import type { Attended } from '../../../apps/standalone/src/attend.main.js';
import { installedRedis } from '../../../apps/standalone/src/embedded-valkey.js';
import { ManagedProcess } from '../../../apps/standalone/src/managed-process.js';
import { entry } from '../../../apps/standalone/src/project-root.js';
import { ProcessLog } from '../process-log.js';

/** Where Valkey or Redis 7 is installed. What npm carries is one server without TLS, Sentinel and Cluster. */
export const redisProgram = usable(installedRedis(process.env['PATH'] ?? ''));

function usable(command: string | undefined): string | undefined {
  if (command === undefined) return undefined;
  const version = execFileSync(command, ['--version'], { encoding: 'utf8' });
  return Number(/v=(\d+)\./.exec(version)?.[1]) >= 7 ? command : undefined;
}

export interface RedisServerOptions {
  readonly name: string;
  readonly port: number;
  /** A folder of its own: what it keeps is there again when it comes back. */
  readonly folder: string;
  /** Absent: plain TCP. */
  readonly tls?: { readonly caFile: string; readonly certificateFile: string; readonly keyFile: string };
  /** Options as on redis-server's command line, or a configuration file first. */
  readonly args: readonly string[];
  /** How tests speak with it, beyond its port. */
  readonly client?: RedisOptions;
}

/** A server of Redis that tests may kill and start again. */
export interface RedisServer {
  readonly port: number;
  readonly process: ManagedProcess;
  /** What it wrote. */
  readonly log: ProcessLog;
  /** Asks it one thing, over a connection made for it. */
  ask(command: string, ...args: (string | number)[]): Promise<unknown>;
}

/** Describes a server; `process.start()` starts it. `process.kill('SIGKILL')` is a kill -9 of the server itself. */
export function redisServer(options: RedisServerOptions): RedisServer {
  const { name, port, folder, tls } = options;
  const listen = tls
    ? ['--port', '0', '--tls-port', String(port), '--tls-cert-file', tls.certificateFile, '--tls-key-file', tls.keyFile]
    : ['--port', String(port)];
  const trust = tls ? ['--tls-ca-cert-file', tls.caFile, '--tls-auth-clients', 'no', '--tls-replication', 'yes'] : [];
  const attended: Attended = {
    command: redisProgram ?? 'redis-server',
    args: [...options.args, ...listen, ...trust, '--bind', '127.0.0.1', '--dir', folder, '--save', ''],
    stopSignal: 'SIGTERM',
  };
  const ask: RedisServer['ask'] = async (command, ...args) => {
    const client = new Redis({ host: '127.0.0.1', port, retryStrategy: () => null, ...options.client });
    client.on('error', () => undefined); // the command says so
    try {
      return await client.call(command, ...args);
    } finally {
      client.disconnect();
    }
  };
  const log = new ProcessLog();
  const isReady = (): Promise<boolean> =>
    ask('PING').then(
      (answer) => answer === 'PONG',
      () => false,
    );
  const module = entry('apps/standalone/src/attend.main');
  return {
    port,
    log,
    ask,
    process: new ManagedProcess({ name, module, args: [JSON.stringify(attended)], env: process.env, isReady }, log),
  };
}

/** The folder of one server among those of a deployment. */
export const folderOf = (deployment: string, port: number): string => path.join(deployment, String(port));
