import type { Container } from './container-parts.js';
import type { FileWindow } from './file-window.js';
import { findSampleData } from './sample-data.js';

/** A longer length means "to the end of the file". */
const maxStatedBytes = 2 ** 40;

const aviHeaderBytes = 4096;

/**
 * Reads the length that the header of a CAF, W64 or AVI file states. ffprobe divides the size of the file by the bit
 * rate instead, so that a truncated file looks whole (an AVI if its index was cut off too).
 *
 * @returns seconds; undefined for another format, compressed audio in CAF and W64, and a header that states no length
 */
export async function statedDataSeconds(
  file: FileWindow,
  container: Container | undefined,
): Promise<number | undefined> {
  if (container === undefined) return aviSeconds((await file.bytes(0, aviHeaderBytes)).subarray(0, aviHeaderBytes));
  if (container.kind !== 'caf' && container.kind !== 'w64') return undefined;
  const data = await findSampleData(file, container);
  return data === undefined || data.bytes > maxStatedBytes ? undefined : data.bytes / data.bytesPerSecond;
}

/** Microsoft AVISTREAMHEADER of the first audio track: its length is in units of `scale / rate` seconds. */
function aviSeconds(start: Buffer): number | undefined {
  if (start.toString('latin1', 8, 12) !== 'AVI ') return undefined;
  const at = start.indexOf('auds', 0, 'latin1');
  const [scaleAt, rateAt, lengthAt] = [at + 20, at + 24, at + 32];
  if (at < 0 || lengthAt + 4 > start.length || start.readUInt32LE(rateAt) === 0) return undefined;
  const seconds = (start.readUInt32LE(lengthAt) * start.readUInt32LE(scaleAt)) / start.readUInt32LE(rateAt);
  return seconds > 0 ? seconds : undefined;
}
