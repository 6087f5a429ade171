import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { allowed, type FileModes } from './file-modes.js';
import { makeFolder, syncFolder } from './local-folders.js';
import { readStretch } from './read-stretch.js';
import { errnoOf, isMissing } from '../storage-failure.js';

// How often another process may prune the folder between its creation and the rename into it.
const maxAttempts = 5;

/**
 * Moves a synced file to its visible path in one step and makes the name durable. Both paths are on one file system.
 *
 * If it fails, the file is back at its old path and nothing new is visible.
 */
export async function placeFile(from: string, target: string, modes: FileModes): Promise<void> {
  await moveInto(from, target, modes);
  try {
    await syncFolder(dirname(target));
  } catch (error) {
    // Another process has deleted it already: a put followed by a delete.
    if (isMissing(error)) return;
    await rename(target, from).catch(() => undefined);
    throw error;
  }
}

async function moveInto(from: string, target: string, modes: FileModes): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await makeFolder(dirname(target), modes.folder);
      return await rename(from, target);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' || attempt === maxAttempts) throw error;
    }
  }
}

/**
 * Prepares a complete file to become an object: dates it now by the file system's clock and sets its mode.
 *
 * @param sync false if the file is durable already
 * @returns its size in bytes
 */
export async function settleFile(path: string, mode: number, sync = true): Promise<number> {
  const handle = await open(path, 'r+');
  try {
    const { size } = await allowed(handle, mode);
    // Truncating a file to its own size marks it as modified now (POSIX, ftruncate); utimes would use our clock.
    await handle.truncate(size);
    if (sync) await handle.sync();
    return size;
  } finally {
    await handle.close();
  }
}

/** What a file holds. */
export interface FileSums {
  /** Lower-case hex. */
  readonly sha256: string;
  readonly crc32: number;
}

/** Files up to this size are read in one go. */
const smallBytes = 1024 * 1024;

/** Returns the checksums of a file. @param bytes its size, if known */
export async function sumFile(path: string, bytes = Infinity): Promise<FileSums> {
  const hash = createHash('sha256');
  let crc = 0;
  const add = (chunk: Buffer): void => {
    hash.update(chunk);
    crc = crc32(chunk, crc);
  };
  if (bytes > smallBytes) for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) add(chunk);
  else {
    const read = Buffer.allocUnsafe(bytes);
    add(read.subarray(0, await readStretch(path, 0, read)));
  }
  return { sha256: hash.digest('hex'), crc32: crc };
}

/** Returns a file's size, and its checksums if the size is as expected. */
export async function describeFile(
  path: string,
  expectedBytes: number,
): Promise<{ readonly bytes: number; readonly sums: FileSums | null }> {
  const { size: bytes } = await stat(path);
  return { bytes, sums: bytes === expectedBytes ? await sumFile(path, bytes) : null };
}
