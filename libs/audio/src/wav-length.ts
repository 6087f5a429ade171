import { open, type FileHandle } from 'node:fs/promises';

/** Chunks before the samples; more of them is not a WAV file that anybody wrote. */
const maxChunks = 100;

/** A writer that cannot seek back leaves such a length: it means "to the end of the file". */
const leastPlaceholderBytes = 0x7f000000;

/**
 * Reads the chunks of a RIFF WAV file (Microsoft, Multimedia Programming Interface and Data Specifications 1.0) and
 * tells whether its header names less than the file holds.
 *
 * What follows the samples in a sound file is chunks: four printable characters and a length that ends within the file.
 * Anything else is more samples, which a writer that was interrupted did not count.
 *
 * @returns the length in seconds of all samples up to the end of the file; undefined when the header is right, says
 *   nothing, or is not that of a PCM WAV
 */
export async function uncountedWavSeconds(path: string): Promise<number | undefined> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const data = await findData((at) => readChunk(file, at));
    if (data === undefined || data.end >= size) return undefined;
    const isRight = await endsInChunks((at) => readChunk(file, at), data.end, size);
    return isRight ? undefined : (size - data.start) / data.bytesPerSecond;
  } finally {
    await file.close();
  }
}

interface Chunk {
  readonly id: string;
  readonly bytes: number;
  /** The first bytes of what it holds. */
  readonly body: Buffer;
  /** Where it ends in the file: chunks are padded to an even length. */
  readonly end: number;
}

type ReadChunk = (at: number) => Promise<Chunk | undefined>;

const chunkHeadBytes = 8;

async function readChunk(file: FileHandle, at: number): Promise<Chunk | undefined> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(24), 0, 24, at);
  if (bytesRead < chunkHeadBytes) return undefined;
  const bytes = buffer.readUInt32LE(4);
  const end = at + chunkHeadBytes + bytes + (bytes % 2);
  return { id: buffer.toString('latin1', 0, 4), bytes, body: buffer.subarray(chunkHeadBytes, bytesRead), end };
}

/** WAVE_FORMAT_PCM, IEEE_FLOAT and EXTENSIBLE: in others a length in bytes is not a length in time. */
export const uncompressedWaveFormats: readonly number[] = [1, 3, 0xfffe];

/** Where the samples are, by the header; undefined when it does not tell. */
async function findData(
  read: ReadChunk,
): Promise<{ readonly start: number; readonly end: number; readonly bytesPerSecond: number } | undefined> {
  const riff = await read(0);
  if (riff?.id !== 'RIFF' || riff.body.toString('latin1', 0, 4) !== 'WAVE') return undefined;
  let bytesPerSecond = 0;
  let at = chunkHeadBytes + 4;
  for (let count = 0; count < maxChunks; count++) {
    const chunk = await read(at);
    if (chunk === undefined) return undefined;
    if (chunk.id === 'fmt ' && chunk.body.length >= 12) {
      if (!uncompressedWaveFormats.includes(chunk.body.readUInt16LE(0))) return undefined;
      bytesPerSecond = chunk.body.readUInt32LE(8);
    }
    if (chunk.id === 'data') {
      const isKnown = chunk.bytes > 0 && chunk.bytes < leastPlaceholderBytes && bytesPerSecond > 0;
      return isKnown ? { start: at + chunkHeadBytes, end: chunk.end, bytesPerSecond } : undefined;
    }
    at = chunk.end;
  }
  return undefined;
}

const chunkName = /^[\x20-\x7e]{4}$/;

/** Padding after the last chunk that is not worth a word. */
const slackBytes = 8;

async function endsInChunks(read: ReadChunk, from: number, size: number): Promise<boolean> {
  let at = from;
  for (let count = 0; count < maxChunks && at + slackBytes < size; count++) {
    const chunk = await read(at);
    // The last one may lack its padding.
    if (chunk === undefined || !chunkName.test(chunk.id) || chunk.end > size + 1) return false;
    at = chunk.end;
  }
  return true;
}
