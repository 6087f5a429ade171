import { addAbortSignal, Readable } from 'node:stream';
import { AppError, type FixedFailureCode } from '#libs/errors';
import type { ByteRange, ObjectStorage } from '#libs/storage';
import { partsOf, type StoredZip, type ZipPart } from './stored-zip.js';

export interface OpenZipOptions {
  /** Closes everything when it aborts. */
  readonly signal: AbortSignal;
  /** The failure if an object no longer exists. */
  readonly missing: FixedFailureCode;
  /** Two, of one size: a chunk may be overwritten when the chunk after the next is requested. */
  readonly buffers: readonly [Buffer, Buffer];
}

/**
 * Opens a range of an archive. Reads only the objects' ranges that it consists of, one at a time, and no further than
 * the reader does.
 *
 * The first object is open when this resolves, so that an object that is missing or a storage out of reach can still be
 * answered. Later failures are thrown by the iteration.
 */
export async function openZip(
  storage: ObjectStorage,
  zip: StoredZip,
  range: ByteRange,
  options: OpenZipOptions,
): Promise<AsyncIterable<Buffer>> {
  const parts = partsOf(zip, range);
  const first = parts.find(isStored);
  const opened = first && (await openPart(storage, first, options));
  return contentOf(storage, parts, opened, options);
}

interface StoredPart extends ZipPart {
  readonly content: string;
}

const isStored = (part: ZipPart): part is StoredPart => typeof part.content === 'string';

/** Between two objects there is always a header in memory of its own, so that each object can start with the first buffer. */
async function* contentOf(
  storage: ObjectStorage,
  parts: readonly ZipPart[],
  opened: AsyncIterable<Buffer> | undefined,
  options: OpenZipOptions,
): AsyncGenerator<Buffer> {
  let next = opened;
  for (const part of parts) {
    options.signal.throwIfAborted();
    if (isStored(part)) {
      const source = next ?? (await openPart(storage, part, options));
      next = undefined;
      yield* exactly(source, part);
    } else if (part.content instanceof Buffer) {
      yield part.content.subarray(part.range.start, part.range.end + 1);
    }
  }
}

/** @returns chunks; if they are a stream, the signal destroys it, also while nothing reads it */
async function openPart(
  storage: ObjectStorage,
  { content, range }: StoredPart,
  { signal, missing, buffers }: OpenZipOptions,
): Promise<AsyncIterable<Buffer>> {
  const source = await storage.readThrough(content, range, buffers);
  if (source === null) throw AppError.of(missing);
  if (!(source instanceof Readable)) return source;
  // Without a listener, an abort before the first read would end the process. Whoever reads gets the error all the same.
  source.on('error', () => undefined);
  return addAbortSignal(signal, source) as AsyncIterable<Buffer>;
}

/** @throws Error if the object ends before the range does: later bytes would shift, and the answer never end */
async function* exactly(source: AsyncIterable<Buffer>, { content, range }: StoredPart): AsyncGenerator<Buffer> {
  let left = range.end - range.start + 1;
  for await (const chunk of source) {
    left -= chunk.length;
    yield chunk;
  }
  if (left !== 0) throw new Error(`The object ${content} is not as long as its row says`);
}
