import { walkParts, type Container } from './container-parts.js';
import type { FileWindow } from './file-window.js';
import { findSampleData, maxChunks } from './sample-data.js';

/** A writer that cannot seek back leaves a length from here on. It means "to the end of the file". */
const minPlaceholderBytes = 0x7f000000;

/** Padding after the last chunk that does not count as samples. */
const slackBytes = 8;

/**
 * Finds out whether the header of a WAV file states fewer samples than the file holds.
 *
 * In a sound file, what follows the samples is chunks: four printable characters and a length that ends within the
 * file. Anything else is more samples, which a writer that was interrupted did not count.
 *
 * @returns the length in seconds of all samples up to the end of the file; undefined if the header is right, states no
 *   length, or is not that of an uncompressed WAV
 */
export async function uncountedWavSeconds(file: FileWindow, container: Container): Promise<number | undefined> {
  if (container.kind !== 'wav') return undefined;
  const data = await findSampleData(file, container);
  if (data === undefined || data.bytes >= minPlaceholderBytes || data.endByte >= file.size) return undefined;
  const isRight = await endsInChunks(file, container, data.endByte);
  return isRight ? undefined : (file.size - data.startByte) / data.bytesPerSecond;
}

async function endsInChunks(file: FileWindow, container: Container, fromByte: number): Promise<boolean> {
  let isRight = true;
  await walkParts(file, container, { fromByte, maxParts: maxChunks }, ({ startByte, isNamed, endByte }) => {
    // The last chunk may lack its padding byte.
    isRight = startByte + slackBytes >= file.size || (isNamed && endByte <= file.size + 1);
    return isRight;
  });
  return isRight;
}
