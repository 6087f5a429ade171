import { createHash } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { AppError, sizeText } from '#libs/errors';
import type { StoredObject } from './object-storage.js';
import { storing } from './storage-failure.js';

// Large writes were worth a quarter of the throughput of an upload (design notes, audio measurements).
const blockBytes = 1024 * 1024;

/** Gathers chunks into blocks of about 1 MiB; ending the loop early ends the source. */
async function* inBlocks(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let chunks: Uint8Array[] = [];
  let gathered = 0;
  for await (const chunk of source) {
    chunks.push(chunk);
    gathered += chunk.length;
    if (gathered < blockBytes) continue;
    yield Buffer.concat(chunks, gathered);
    chunks = [];
    gathered = 0;
  }
  if (gathered > 0) yield Buffer.concat(chunks, gathered);
}

/**
 * Writes a whole source at the handle's position and syncs it; memory does not grow with its size.
 *
 * @throws AppError `too_large` | `insufficient_storage` | `unavailable`, or the source's own error unchanged
 */
export async function writeAll(
  handle: FileHandle,
  source: AsyncIterable<Uint8Array>,
  maxBytes = Infinity,
): Promise<StoredObject> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const block of inBlocks(source)) {
    bytes += block.length;
    if (bytes > maxBytes) throw AppError.saying('too_large', `The upload is larger than ${sizeText(maxBytes)}`);
    hash.update(block);
    // A FileHandle's writeFile goes on where the last one ended, and repeats short writes.
    await storing(() => handle.writeFile(block));
  }
  await storing(() => handle.sync());
  return { bytes, sha256: hash.digest('hex') };
}

/**
 * Makes a new file of a source, synced; removes it again when anything fails.
 *
 * Opened exclusively: a name that exists is never written to.
 */
export async function writeNewFile(
  path: string,
  source: AsyncIterable<Uint8Array>,
  maxBytes?: number,
): Promise<StoredObject> {
  const handle = await storing(() => open(path, 'wx')).catch((error: unknown) => {
    // Nobody will read it now: free what it holds.
    if (source instanceof Readable) source.destroy();
    throw error;
  });
  try {
    const stored = await writeAll(handle, source, maxBytes);
    await storing(() => handle.close());
    return stored;
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(path, { force: true }).catch(() => undefined);
    throw error;
  }
}
