import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { makeFolder, syncFolder } from './local-folders.js';
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

/** SHA-256 of a file, lower-case hex. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
