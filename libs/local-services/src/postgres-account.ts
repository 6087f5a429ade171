import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';

/** A system user that Postgres runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Chooses the user for Postgres, which refuses to run as root: the owner of its data, otherwise `postgres` or `nobody`.
 *
 * @returns undefined if this process is not root; Postgres then runs as the same user
 */
export function accountFor(cluster: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = statSync(cluster, { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  const found = users.find((line) => line.startsWith('postgres:')) ?? users.find((line) => line.startsWith('nobody:'));
  const [, , uid, gid] = found?.split(':') ?? [];
  if (uid === undefined || gid === undefined) {
    throw new Error(
      'Postgres does not run as root, and there is no user postgres or nobody. Set DATABASE_URL instead.',
    );
  }
  return { uid: Number(uid), gid: Number(gid) };
}

/** Returns whether this user can enter a folder. For example, everything below /root is closed to other users. */
export function canEnter(account: Account | undefined, folder: string): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...account, cwd: '/' }).status === 0;
}
