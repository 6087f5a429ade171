import { open, type FileHandle } from 'node:fs/promises';
import { uncompressedWaveFormats } from './wav-length.js';

/** The samples of an uncompressed recording, as its header states them. */
interface StatedData {
  readonly bytes: number;
  readonly bytesPerSecond: number;
}

/** Chunks before the samples; more of them is not a file that anybody wrote. */
const maxChunks = 100;

/** A longer length means "to the end of the file". */
const mostBytes = 2 ** 40;

/**
 * Reads the length that a CAF or W64 file states, which ffprobe does not: it divides the size of the file by the bit rate,
 * so that a file that was cut off looks whole.
 *
 * Sources: Apple Core Audio Format Specification 1.0; Sony Pictures Digital Wave 64 format.
 *
 * @returns seconds; undefined for another format, compressed audio, and a header that states none
 */
export async function statedDataSeconds(path: string): Promise<number | undefined> {
  const file = await open(path);
  try {
    const magic = (await read(file, 0, 4)).toString('latin1');
    const data = magic === 'caff' ? await cafData(file) : magic === 'riff' ? await w64Data(file) : undefined;
    if (data === undefined || data.bytes <= 0 || data.bytes > mostBytes || data.bytesPerSecond <= 0) return undefined;
    return data.bytes / data.bytesPerSecond;
  } finally {
    await file.close();
  }
}

async function cafData(file: FileHandle): Promise<StatedData | undefined> {
  let bytesPerSecond = 0;
  let at = 8;
  for (let chunk = 0; chunk < maxChunks; chunk++) {
    const head = await read(file, at, 12 + 32);
    if (head.length < 12) return undefined;
    const id = head.toString('latin1', 0, 4);
    const bytes = Number(head.readBigInt64BE(4));
    if (id === 'desc' && head.length === 44) {
      const [sampleRate, isPcm] = [head.readDoubleBE(12), head.toString('latin1', 20, 24) === 'lpcm'];
      bytesPerSecond = isPcm ? sampleRate * head.readUInt32BE(28) : 0;
    }
    // An edit count of 4 bytes comes before the samples.
    if (id === 'data') return { bytes: bytes - 4, bytesPerSecond };
    if (bytes < 0) return undefined;
    at += 12 + bytes;
  }
  return undefined;
}

/** A chunk's head: a GUID, whose first four bytes are the name it has in WAV, and the length of the chunk with its head. */
const w64HeadBytes = 24;

async function w64Data(file: FileHandle): Promise<StatedData | undefined> {
  let bytesPerSecond = 0;
  let at = w64HeadBytes + 16;
  for (let chunk = 0; chunk < maxChunks; chunk++) {
    const head = await read(file, at, w64HeadBytes + 12);
    if (head.length < w64HeadBytes) return undefined;
    const id = head.toString('latin1', 0, 4);
    const bytes = Number(head.readBigUInt64LE(16));
    if (id === 'fmt ' && head.length === w64HeadBytes + 12) {
      bytesPerSecond = uncompressedWaveFormats.includes(head.readUInt16LE(w64HeadBytes))
        ? head.readUInt32LE(w64HeadBytes + 8)
        : 0;
    }
    if (id === 'data') return { bytes: bytes - w64HeadBytes, bytesPerSecond };
    if (bytes < w64HeadBytes) return undefined;
    at += Math.ceil(bytes / 8) * 8;
  }
  return undefined;
}

async function read(file: FileHandle, at: number, bytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, at);
  return buffer.subarray(0, bytesRead);
}
