import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, stat, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { makeFolder, syncFolder } from './local-folders.js';
import { readStretch } from './read-stretch.js';
import { errnoOf, isMissing } from './storage-failure.js';

// How often a folder may be pruned under our feet, between making it and moving a file into it.
const attempts = 5;

/**
 * Moves a synced file to its visible place in one step and makes its name durable. Both are on one file system.
 *
 * After a failure the file is back where it was, and nothing new is visible.
 */
export async function placeFile(from: string, target: string): Promise<void> {
  await moveInto(from, target);
  try {
    await syncFolder(dirname(target));
  } catch (error) {
    // Deleted at once by somebody else: that is a put and then a delete.
    if (isMissing(error)) return;
    await rename(target, from).catch(() => undefined);
    throw error;
  }
}

async function moveInto(from: string, target: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await makeFolder(dirname(target));
      return await rename(from, target);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' || attempt === attempts) throw error;
    }
  }
}

/** Syncs a finished file and dates it now, when it becomes an object. @returns its size in bytes */
export async function settleFile(path: string): Promise<number> {
  const handle = await open(path, 'r+');
  try {
    const now = new Date();
    await handle.utimes(now, now);
    await handle.sync();
    return (await handle.stat()).size;
  } finally {
    await handle.close();
  }
}

/** Dates a file now that is synced already. */
export async function dateNow(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now);
}

/** Files up to this size are read at once. */
const smallBytes = 1024 * 1024;

/** SHA-256 of a file, lower-case hex. @param bytes its size, where that is known */
export async function hashFile(path: string, bytes = Infinity): Promise<string> {
  const hash = createHash('sha256');
  if (bytes > smallBytes) await pipeline(createReadStream(path), hash);
  else {
    const read = Buffer.allocUnsafe(bytes);
    hash.update(read.subarray(0, await readStretch(path, 0, read)));
  }
  return hash.digest('hex');
}

/** A file's size, and its hash when that is the expected size. */
export async function describeFile(
  path: string,
  expectedBytes: number,
): Promise<{ readonly bytes: number; readonly sha256: string | null }> {
  const { size: bytes } = await stat(path);
  return { bytes, sha256: bytes === expectedBytes ? await hashFile(path, bytes) : null };
}
