import { randomUUID } from 'node:crypto';
import { fsync, open } from 'node:fs';
import { mkdir, opendir, readdir, rm, rmdir, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { allowFolder, ownerOnly } from './file-modes.js';
import { FirstFailure } from '../first-failure.js';
import { closeRead } from './read-stretch.js';
import { errnoOf, isMissing } from '../storage-failure.js';

const openFile = promisify(open);
const sync = promisify(fsync);

// Errors of file systems that cannot sync a folder (some network and FUSE ones). They keep the order themselves.
const cannotSync: ReadonlySet<string> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP']);

/** Makes a folder's entries durable (fsync(2): "an explicit fsync() on a file descriptor for the directory"). */
export async function syncFolder(folder: string): Promise<void> {
  const fd = await openFile(folder, 'r');
  try {
    await sync(fd);
  } catch (error) {
    if (!cannotSync.has(errnoOf(error) ?? '')) throw error;
  } finally {
    closeRead(fd);
  }
}

/** Creates a folder and its parents with this mode, whatever the umask, and makes each durable. */
export async function makeFolder(folder: string, mode: number): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode });
  if (first === undefined) return;
  for (let made = folder; ; made = dirname(made)) {
    await allowFolder(made, mode);
    await syncFolder(dirname(made));
    if (made === first || made === dirname(made)) return;
  }
}

/**
 * Returns the time by the file system's own clock: the date of a file that is written and removed for it.
 *
 * @throws the system's error if nothing can be written there
 */
export async function timeIn(folder: string): Promise<Date> {
  const path = join(folder, `clock-${randomUUID()}`);
  try {
    await writeFile(path, 'x', { flag: 'wx', mode: ownerOnly.file });
    return (await stat(path)).mtime;
  } finally {
    await rm(path, { force: true });
  }
}

/** Removes a folder and its parents below `root`, as far as they are empty. */
export async function pruneEmpty(folder: string, root: string): Promise<void> {
  for (let empty = folder; empty !== root && empty !== dirname(empty); empty = dirname(empty)) {
    try {
      await rmdir(empty);
    } catch (error) {
      // Another process removed it first, or put something into it.
      if (isMissing(error) || errnoOf(error) === 'ENOTEMPTY' || errnoOf(error) === 'EEXIST') return;
      throw error;
    }
  }
}

/** How often a folder is emptied again after a file was added meanwhile. */
const maxAttempts = 5;

/** Removes a folder with everything in it. Removes all it can before it throws the first failure. */
export async function removeTree(folder: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    await removeContents(folder);
    try {
      return await rmdir(folder);
    } catch (error) {
      if (isMissing(error)) return;
      if (errnoOf(error) !== 'ENOTEMPTY' || attempt === maxAttempts) throw error;
      await sleep(20);
    }
  }
}

async function removeContents(folder: string): Promise<void> {
  const failures = new FirstFailure();
  for (const entry of (await readdir(folder, { withFileTypes: true }).catch(nullIfMissing)) ?? []) {
    const path = join(folder, entry.name);
    await failures.outlast(() => (entry.isDirectory() ? removeTree(path) : unlink(path).catch(nullIfMissing)));
  }
  failures.throwIfAny();
}

/** A file found by {@link filesUnder}. */
export interface FoundFile {
  readonly path: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
}

/** Lists the files below a folder. Skips those that are removed meanwhile; a missing folder has none. */
export async function* filesUnder(folder: string): AsyncGenerator<FoundFile> {
  const entries = await opendir(folder).catch(nullIfMissing);
  if (!entries) return;
  for await (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path);
    const found = entry.isFile() ? await stat(path).catch(nullIfMissing) : null;
    if (found) yield { path, bytes: found.size, modifiedAt: found.mtime };
  }
}

/** For `.catch`: turns "no such file" into null and rethrows every other error. */
export function nullIfMissing(error: unknown): null {
  if (isMissing(error)) return null;
  throw error;
}
