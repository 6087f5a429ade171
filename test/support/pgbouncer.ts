import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { accountFor, type Attended, entry, ManagedProcess } from '#libs/local-services';
import { freePort, isListening } from './ports.js';
import { ProcessLog } from './process-log.js';
import { temporaryFolder } from './services.js';

/** Path of the installed PgBouncer, or null. On Debian it is not on the PATH of most users. */
export function pgbouncerProgram(searchPath: string): string | null {
  const folders = [...searchPath.split(path.delimiter), '/usr/sbin'];
  const programs = folders.map((folder) => path.join(folder, 'pgbouncer'));
  return programs.find((program) => spawnSync(program, ['--version']).status === 0) ?? null;
}

export interface Pgbouncer {
  /** The same database, through PgBouncer. */
  readonly url: string;
  readonly log: ProcessLog;
  stop(): Promise<void>;
}

/**
 * Starts a PgBouncer in front of a database. It refuses to run as root and then runs as Postgres' user.
 *
 * @param settings added to its defaults, as in the [pgbouncer] section
 */
export async function startPgbouncer(
  program: string,
  databaseUrl: string,
  settings: Readonly<Record<string, string | number>>,
): Promise<Pgbouncer> {
  const server = new URL(databaseUrl);
  const name = server.pathname.slice(1);
  const [folder, port] = [temporaryFolder(), await freePort()];
  const [config, users] = [path.join(folder, 'pgbouncer.ini'), path.join(folder, 'users.txt')];
  const login = `user=${server.username} password='${decodeURIComponent(server.password)}'`;
  const own = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'trust',
    auth_file: users,
    max_client_conn: 200,
    ...settings,
  };
  fs.writeFileSync(users, `"${server.username}" ""\n`);
  fs.writeFileSync(
    config,
    [
      '[databases]',
      `${name} = host=${server.hostname} port=${server.port} dbname=${name} ${login}`,
      '[pgbouncer]',
      ...Object.entries(own).map(([key, value]) => `${key} = ${value}`),
      '',
    ].join('\n'),
  );
  const account = accountFor(path.join(folder, 'none'));
  if (account) [folder, config, users].forEach((file) => fs.chownSync(file, account.uid, account.gid));
  const attended: Attended = { command: program, args: [config], stopSignal: 'SIGTERM', ...account };
  const log = new ProcessLog();
  const running = new ManagedProcess(
    {
      name: 'pgbouncer',
      module: entry('libs/local-services/src/attend.main'),
      args: [JSON.stringify(attended)],
      env: process.env,
      isReady: () => isListening(port),
    },
    log,
  );
  await running.start().catch((error: unknown) => {
    throw new Error(`PgBouncer did not start: ${log.lines.join('\n')}`, { cause: error });
  });
  server.port = String(port);
  server.password = '';
  return {
    url: server.href,
    log,
    stop: async () => {
      await running.stop();
      fs.rmSync(folder, { recursive: true });
    },
  };
}
