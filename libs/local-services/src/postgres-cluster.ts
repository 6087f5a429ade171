import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { canEnter, type Account } from './postgres-account.js';

/** Holds Postgres' data if its user cannot reach DATA_DIR. */
const outsideHome = '/var/lib/timbre';

/**
 * Returns the folder of Postgres' data: DATA_DIR/postgres.
 *
 * If root runs Timbre and Postgres' user cannot reach DATA_DIR (under /root), DATA_DIR/postgres is a link to a folder in
 * /var/lib/timbre. The data still belongs to this DATA_DIR: the link moves with it.
 */
export function clusterFolder(dataDir: string, account: Account | undefined): string {
  const inside = path.join(dataDir, 'postgres');
  const present = fs.lstatSync(inside, { throwIfNoEntry: false });
  if (present?.isSymbolicLink()) return fs.readlinkSync(inside);
  if (present || account === undefined || canEnter(account, dataDir)) return inside;
  fs.mkdirSync(outsideHome, { recursive: true, mode: 0o755 });
  const home = fs.mkdtempSync(path.join(outsideHome, 'data-'));
  fs.chmodSync(home, 0o711);
  fs.symlinkSync(path.join(home, 'postgres'), inside);
  return path.join(home, 'postgres');
}

/** Creates the database cluster unless it exists. It is renamed into place, so half a cluster is never used. */
export function createCluster(cluster: string, bin: string, account: Account | undefined, password: string): void {
  if (fs.existsSync(path.join(cluster, 'PG_VERSION'))) return;
  const half = `${cluster}.new`;
  fs.rmSync(half, { recursive: true, force: true });
  fs.mkdirSync(half, { mode: 0o700 });
  const passwordFile = path.join(half, '..', `${path.basename(cluster)}.password`);
  fs.writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account) [half, passwordFile].forEach((file) => fs.chownSync(file, account.uid, account.gid));
  const run = (program: string, args: readonly string[], input = ''): void => {
    const ended = spawnSync(path.join(bin, program), args, { ...account, cwd: '/', input, encoding: 'utf8' });
    if (ended.status !== 0) throw new Error(`${program} failed: ${ended.error?.message ?? ended.stderr.trim()}`);
  };
  try {
    // The builtin locale sorts by code point on every machine, whatever the system's libc or ICU.
    const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
    const access = ['-U', 'timbre', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
    run('initdb', ['-D', half, ...access, ...locale, '--no-instructions']);
    run('postgres', ['--single', '-D', half, 'postgres'], 'CREATE DATABASE timbre\n');
  } finally {
    fs.rmSync(passwordFile);
  }
  fs.renameSync(half, cluster);
}

/** Returns the password of the embedded Postgres, created once. Other users of the machine can reach its port. */
export function clusterPassword(dataDir: string): string {
  const file = path.join(dataDir, 'postgres-password');
  if (!fs.existsSync(file)) fs.writeFileSync(file, randomBytes(18).toString('base64url'), { mode: 0o600 });
  return fs.readFileSync(file, 'utf8');
}

/**
 * Returns whether the server of this cluster accepts connections. Its port opens earlier and then answers "the database
 * system is starting up". Like pg_ctl, this reads the server's state from the eighth line of postmaster.pid.
 */
export function takesConnections(cluster: string): boolean {
  const file = path.join(cluster, 'postmaster.pid');
  return fs.existsSync(file) && fs.readFileSync(file, 'utf8').split('\n')[7]?.trim() === 'ready';
}
