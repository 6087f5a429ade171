import type { ByteRange } from '../object-storage.js';

/** Reads a range of an object into memory. Returns null if there is no object. */
type ReadPart = (part: ByteRange, into: Buffer) => Promise<Buffer | null>;

/**
 * Reads a range in chunks, into the buffers in turn. Nothing is open between two chunks, so that a reader may stop at any.
 *
 * @returns null if there is no object
 */
export async function readThrough(
  read: ReadPart,
  range: ByteRange,
  buffers: readonly Buffer[],
): Promise<AsyncIterable<Buffer> | null> {
  const parts = partsOf(range, buffers[0]?.length ?? 0);
  const chunk = async (at: number): Promise<Buffer | null> => {
    const [part, into] = [parts[at], buffers[at % buffers.length]];
    if (part === undefined || into === undefined) throw new RangeError('A chunk is outside of its range');
    return read(part, into);
  };
  const first = await chunk(0);
  return first && chunksFrom(first, parts.length, chunk);
}

async function* chunksFrom(
  first: Buffer,
  count: number,
  chunk: (at: number) => Promise<Buffer | null>,
): AsyncGenerator<Buffer> {
  yield first;
  for (let at = 1; at < count; at += 1) {
    const next = await chunk(at);
    if (next === null) throw new Error('The object vanished while it was read');
    yield next;
  }
}

function partsOf({ start, end }: ByteRange, size: number): readonly ByteRange[] {
  const count = Math.ceil((end - start + 1) / size);
  return Array.from({ length: count }, (_, at) => ({
    start: start + at * size,
    end: Math.min(start + (at + 1) * size - 1, end),
  }));
}
