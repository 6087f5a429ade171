import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { Redis, type RedisOptions } from 'ioredis';
import { type Attended, entry, installedRedis, ManagedProcess } from '#libs/local-services';
import { ProcessLog } from '../process-log.js';

/** Path of the installed Valkey or Redis 7. The server from npm has no TLS, Sentinel and Cluster. */
export const redisProgram = usable(installedRedis(process.env['PATH'] ?? ''));

function usable(command: string | undefined): string | undefined {
  if (command === undefined) return undefined;
  const version = execFileSync(command, ['--version'], { encoding: 'utf8' });
  return Number(/v=(\d+)\./.exec(version)?.[1]) >= 7 ? command : undefined;
}

export interface RedisServerOptions {
  readonly name: string;
  readonly port: number;
  /** The server's folder. Its data is still there after a restart. */
  readonly folder: string;
  /** Undefined for plain TCP. */
  readonly tls?: { readonly caFile: string; readonly certificateFile: string; readonly keyFile: string };
  /** Options of redis-server's command line, optionally a configuration file first. */
  readonly args: readonly string[];
  /** Client options of tests, beside the port. */
  readonly client?: RedisOptions;
}

/** A Redis server that tests can kill and start again. */
export interface RedisServer {
  readonly port: number;
  readonly process: ManagedProcess;
  /** Its output. */
  readonly log: ProcessLog;
  /** Sends one command over a new connection. */
  ask(command: string, ...args: (string | number)[]): Promise<unknown>;
}

/** Prepares a server, which `process.start()` starts. `process.kill('SIGKILL')` kills the server itself. */
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
  const module = entry('libs/local-services/src/attend.main');
  return {
    port,
    log,
    ask,
    process: new ManagedProcess({ name, module, args: [JSON.stringify(attended)], env: process.env, isReady }, log),
  };
}

/** Returns the folder of one server of a deployment. */
export const folderOf = (deployment: string, port: number): string => path.join(deployment, String(port));
