import { partHeadBytes, walkParts, type Container } from './container-parts.js';
import type { FileWindow } from './file-window.js';

/** A file with more parts was not made by any known writer: hours of FLV have half a million. */
const maxParts = 2_000_000;

/** Fewer bytes past the end are padding. */
const minBytes = 4096;

/**
 * Counts the bytes of a file past the end of its recording, where ffmpeg does not look: another recording that was
 * appended, or audio past an end mark that damage has made.
 *
 * @returns 0 if there are none, and for containers that ffmpeg reads to the end of the file
 */
export async function bytesBehindEnd(file: FileWindow, container: Container | undefined): Promise<number> {
  const end = container === undefined ? await trueAudioEnd(file) : await endOf(file, container);
  return end !== undefined && file.size - end >= minBytes ? file.size - end : 0;
}

/** @returns undefined if nothing says that the recording ends before the file */
async function endOf(file: FileWindow, container: Container): Promise<number | undefined> {
  let end: number | undefined;
  await walkParts(file, container, { maxParts }, ({ startByte, isNamed, isPastEnd }) => {
    if (!isNamed || startByte + partHeadBytes > file.size) return false;
    if (isPastEnd) end = startByte;
    return !isPastEnd;
  });
  return end;
}

/** TTA 1 (The True Audio Format): a table of the sizes of all frames follows the header. */
async function trueAudioEnd(file: FileWindow): Promise<number | undefined> {
  const start = await file.bytes(0, partHeadBytes);
  if (start.length < partHeadBytes || start.toString('latin1', 0, 4) !== 'TTA1') return undefined;
  const [rate, samples, tableAt] = [start.readUInt32LE(10), start.readUInt32LE(14), 22];
  const frames = Math.ceil(samples / Math.floor((256 * rate) / 245));
  const checksumBytes = 4;
  if (!(frames <= maxParts && tableAt + 4 * frames + checksumBytes < file.size)) return undefined;
  const table = await file.bytes(tableAt, 4 * frames);
  let end = tableAt + 4 * frames + checksumBytes;
  for (let frame = 0; frame < frames; frame += 1) end += table.readUInt32LE(4 * frame);
  return end;
}
