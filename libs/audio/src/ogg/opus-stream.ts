import { createHash } from 'node:crypto';
import { AppError } from '#libs/errors';
import { OggOpusReader } from './ogg-opus-reader.js';
import { OggOpusWriter } from './ogg-opus-writer.js';

/** A stream of Opus packets, from a running encoder or from a stored original. */
export interface OpusStream {
  /** 48 kHz samples to decode and discard before the audio starts. */
  readonly preSkip: number;
  /** The packets in order, some hundreds per batch. Can be read once. Throws if the source fails. */
  readonly batches: AsyncIterable<readonly Uint8Array[]>;
  /**
   * Returns the exact length of the audio in 48 kHz samples, without the pre-skip.
   *
   * @throws Error until `batches` was read to its end
   */
  totalSamples(): number;
}

/**
 * Reads an Ogg Opus stream, such as a stored original, in constant memory.
 *
 * @param chunks its bytes; they are read while `batches` is read, and released with it
 * @returns as soon as the headers were read
 * @throws AppError `conversion_failed` if it is not a valid Ogg Opus stream (here, or later from `batches`); anything
 *   that `chunks` throws
 */
export async function readOpusStream(chunks: AsyncIterable<Uint8Array>): Promise<OpusStream> {
  const reader = new OggOpusReader();
  const packets = packetsOf(chunks, reader);
  let first: IteratorResult<Uint8Array[]>;
  do first = await packets.next();
  while (first.done !== true && reader.tags === undefined);
  let total: number | undefined;

  async function* batches(): AsyncGenerator<readonly Uint8Array[]> {
    try {
      for (let next = first; next.done !== true; next = await packets.next()) {
        if (next.value.length > 0) yield next.value;
      }
      total = valid(() => reader.end());
    } finally {
      await packets.return(undefined);
    }
  }

  return {
    preSkip: valid(() => reader.preSkip),
    batches: batches(),
    totalSamples: () => {
      if (total === undefined) throw new Error('The length is known only after the last packet was read');
      return total;
    },
  };
}

/**
 * Writes a stream's packets as an Ogg Opus file: the stored original. Buffers one page.
 *
 * Deterministic: the same packets and serial give the same bytes, so that a step may run twice.
 *
 * @param serial see `serialFrom`
 */
export async function* oggOpusFile(stream: OpusStream, serial: number): AsyncGenerator<Buffer> {
  const writer = new OggOpusWriter({ preSkip: stream.preSkip, serial });
  for await (const batch of stream.batches) yield* writer.write(batch);
  yield* writer.end(stream.totalSamples());
}

async function* packetsOf(
  chunks: AsyncIterable<Uint8Array>,
  reader: OggOpusReader,
): AsyncGenerator<Uint8Array[], void> {
  for await (const chunk of chunks) yield valid(() => reader.push(chunk));
}

/** @throws AppError `conversion_failed` for an Error of the Ogg reader */
export function valid<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    throw AppError.of('conversion_failed', { cause });
  }
}

/**
 * Derives an Ogg stream's serial number from what the stream is, such as a sample's id, so that a step that runs twice
 * writes the same bytes.
 *
 * @returns an unsigned 32-bit number
 */
export function serialFrom(identity: string): number {
  return createHash('sha256').update(identity).digest().readUInt32BE();
}
