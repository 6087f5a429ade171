import { fsync, open } from 'node:fs';
import { mkdir, opendir, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { closeRead } from './read-stretch.js';
import { errnoOf, isMissing } from './storage-failure.js';

const openFile = promisify(open);
const sync = promisify(fsync);

// What file systems answer that cannot sync a folder (some network and FUSE ones): they order it themselves.
const cannotSync: ReadonlySet<string> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP']);

/** Makes the names in a folder durable (fsync(2): "an explicit fsync() on a file descriptor for the directory"). */
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

/** Makes a folder and its parents, each durable in the one above it. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = folder; ; made = dirname(made)) {
    await syncFolder(dirname(made));
    if (made === first || made === dirname(made)) return;
  }
}

/** Removes a folder and its parents below `root` as long as they are empty. */
export async function pruneEmpty(folder: string, root: string): Promise<void> {
  for (let empty = folder; empty !== root && empty !== dirname(empty); empty = dirname(empty)) {
    try {
      await rmdir(empty);
    } catch (error) {
      // Another process was faster, or put something there: both end the matter.
      if (isMissing(error) || errnoOf(error) === 'ENOTEMPTY' || errnoOf(error) === 'EEXIST') return;
      throw error;
    }
  }
}

/** A file as a walk finds it. */
export interface FoundFile {
  readonly path: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
}

/** Every file below a folder, as far as it is still there when the walk comes by; none when the folder is missing. */
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

/** For `.catch`: a missing file is an answer, every other error stays one. */
export function nullIfMissing(error: unknown): null {
  if (isMissing(error)) return null;
  throw error;
}
