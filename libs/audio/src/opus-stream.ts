import { AppError } from '#libs/errors';
import { OggOpusReader } from './ogg-opus-reader.js';
import { OggOpusWriter } from './ogg-opus-writer.js';

/** Opus packets as they come, whether from an encoder at work or from a stored original. */
export interface OpusStream {
  /** 48 kHz samples to decode and throw away before the audio begins. */
  readonly preSkip: number;
  /** The packets in order, some hundreds at a time; read it once. A source that fails, fails here. */
  readonly batches: AsyncIterable<readonly Uint8Array[]>;
  /**
   * Exact length of the audio in 48 kHz samples, without the pre-skip.
   *
   * @throws Error before `batches` was read to its end
   */
  totalSamples(): number;
}

/**
 * Reads an Ogg Opus stream, such as a stored original, in constant memory.
 *
 * @param chunks its bytes; they are read as `batches` is read, and left when that is left
 * @returns when the headers were read
 * @throws AppError `conversion_failed` when it is not a valid Ogg Opus stream (here, or later from `batches`); whatever
 *   `chunks` throws
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
 * The bytes of an Ogg Opus file made of a stream's packets: the stored original.
 *
 * Deterministic: the same packets and serial give the same bytes. Holds one page.
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
