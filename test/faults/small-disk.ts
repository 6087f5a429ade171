import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmdirSync } from 'node:fs';
import { statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Mounts a file system of a fixed size in memory on a folder. */
export async function mountSmallDisk(folder: string, mebibytes: number): Promise<void> {
  await run('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=0755`, 'tmpfs', folder]);
}

/** Makes a mounted disk read-only or writable. @returns false while a file on it is open for writing */
export async function remountDisk(folder: string, mode: 'ro' | 'rw'): Promise<boolean> {
  return run('mount', ['-o', `remount,${mode}`, folder]).then(
    () => true,
    () => false,
  );
}

export async function unmountDisk(folder: string): Promise<void> {
  await run('umount', ['-l', folder]);
}

/** Returns why no file system can be mounted here, or undefined if it can. */
function whyNoSmallDisk(): string | undefined {
  const folder = mkdtempSync(path.join(tmpdir(), 'timbre-mount-'));
  try {
    mkdirSync(folder, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'pipe' });
    execFileSync('umount', [folder], { stdio: 'pipe' });
    return undefined;
  } catch {
    return 'mounting a small disk needs root and mount(8)';
  } finally {
    rmdirSync(folder);
  }
}

let known: { readonly reason: string | undefined } | undefined;

/** Returns why no file system can be mounted here, or undefined if it can. Tries only once. */
export const impossibleDisk = (): string | undefined => (known ??= { reason: whyNoSmallDisk() }).reason;

/** Fills a disk with one file, except for `leaveBytes`. @returns the path of the file, to free the space again */
export async function fillDisk(folder: string, leaveBytes: number): Promise<string> {
  const ballast = path.join(folder, 'ballast');
  const { bavail, bsize } = await statfs(folder);
  const full = (error: NodeJS.ErrnoException): void => {
    // ENOSPC is fine here: another process wrote at the same time, so the disk is full.
    if (error.code !== 'ENOSPC' || leaveBytes > 0) throw error;
  };
  await writeFile(ballast, Buffer.alloc(Math.max(0, bavail * bsize - leaveBytes))).catch(full);
  return ballast;
}
