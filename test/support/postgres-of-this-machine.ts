import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { accountFor, entry, ManagedProcess, takesConnections, waitUntil } from '#libs/local-services';
import { freePort, isListening } from './ports.js';
import { temporaryFolder } from './services.js';

const programs = ['postgres', 'initdb', 'pg_dump', 'pg_restore'];

/**
 * Folder of the newest installed Postgres that has a server and its pg_dump, or null. Postgres from npm has no pg_dump, and
 * a pg_dump cannot read a server newer than itself.
 */
export function postgresPrograms(searchPath: string): string | null {
  const debian = '/usr/lib/postgresql';
  const versions = fs.existsSync(debian) ? fs.readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...searchPath.split(path.delimiter),
    ...versions.map((version) => path.join(debian, version, 'bin')),
  ];
  const isWhole = (folder: string): boolean => programs.every((name) => fs.existsSync(path.join(folder, name)));
  return folders.find((folder) => folder !== '' && isWhole(folder)) ?? null;
}

/** Starts an empty server with these programs. @returns the URL of a role that may create databases */
export async function startPostgres(bin: string): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const folder = temporaryFolder();
  const cluster = path.join(folder, 'cluster');
  const account = accountFor(cluster);
  if (account) fs.chownSync(folder, account.uid, account.gid);
  const access = ['-U', 'timbre', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  const made = spawnSync(path.join(bin, 'initdb'), ['-D', cluster, ...access], {
    ...account,
    cwd: '/',
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`);

  const port = await freePort();
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
  const attended = {
    command: path.join(bin, 'postgres'),
    args: ['-D', cluster, ...settings.flatMap((setting) => ['-c', setting])],
    stopSignal: 'SIGINT',
    ...account,
  };
  const said: string[] = [];
  const server = new ManagedProcess(
    {
      name: 'postgres',
      module: entry('libs/local-services/src/attend.main'),
      args: [JSON.stringify(attended)],
      env: process.env,
      isReady: () => takesConnections(cluster),
    },
    { onLine: (_, line) => void said.push(line) },
  );
  await server.start().catch((error: unknown) => {
    throw new Error(`Postgres did not start: ${said.join('\n')}`, { cause: error });
  });
  return {
    url: `postgres://timbre@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await server.stop();
      await waitUntil('the end of Postgres', async () => !(await isListening(port)));
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
