import { walkParts, type Container, type Part } from './container-parts.js';
import type { FileWindow } from './file-window.js';

/** The uncompressed samples of a file, as its header states them. */
export interface SampleData {
  readonly startByte: number;
  readonly bytes: number;
  /** Where the part that holds them ends, after any padding. */
  readonly endByte: number;
  readonly bytesPerSecond: number;
}

/** A file with more chunks before its samples was not made by any known writer. */
export const maxChunks = 100;

/**
 * Finds the samples of a WAV, W64 or CAF file.
 *
 * @returns undefined for another container, for compressed audio (a length in bytes is no length in time there), and
 *   for a header without a rate
 */
export async function findSampleData(file: FileWindow, container: Container): Promise<SampleData | undefined> {
  let bytesPerSecond = 0;
  let found: SampleData | undefined;
  await walkParts(file, container, { maxParts: maxChunks }, (part) => {
    bytesPerSecond = rateIn(part, container.kind) ?? bytesPerSecond;
    if (part.name !== 'data') return true;
    // In CAF an edit count of 4 bytes precedes the samples.
    const skipped = container.kind === 'caf' ? 4 : 0;
    const { contentByte, contentBytes, endByte } = part;
    found = { startByte: contentByte + skipped, bytes: contentBytes - skipped, endByte, bytesPerSecond };
    return false;
  });
  return found !== undefined && found.bytes > 0 && found.bytesPerSecond > 0 ? found : undefined;
}

/** WAVE_FORMAT_PCM, IEEE_FLOAT and EXTENSIBLE. */
const uncompressedWaveFormats: readonly number[] = [1, 3, 0xfffe];

/** Bytes per second by a chunk that describes the samples, 0 for compressed ones; undefined for any other chunk. */
function rateIn({ name, content }: Part, kind: Container['kind']): number | undefined {
  if ((kind === 'wav' || kind === 'w64') && name === 'fmt ' && content.length >= 12) {
    return uncompressedWaveFormats.includes(content.readUInt16LE(0)) ? content.readUInt32LE(8) : 0;
  }
  if (kind === 'caf' && name === 'desc' && content.length >= 32) {
    const isPcm = content.toString('latin1', 8, 12) === 'lpcm';
    return isPcm ? content.readDoubleBE(0) * content.readUInt32BE(16) : 0;
  }
  return undefined;
}
