import { invalidArchive } from './archive-error.js';
import type { ByteSource } from './byte-source.js';
import { countInZip64, endRecord, inZip64, localHeader, readUInt64, zip64End, zip64Locator } from './zip-format.js';

/** Where the central directory of an archive is. */
export interface DirectoryPlace {
  readonly count: number;
  readonly start: number;
  readonly bytes: number;
}

const cutOff = (): Error => invalidArchive('The archive is cut off, or has bytes after its end');
const contradicts = (): Error => invalidArchive('The end of the archive contradicts itself');

/**
 * Finds the central directory. The archive must end with its end record, without a comment, and the directory must end
 * where the end records start: no byte between them is unaccounted for.
 *
 * @throws AppError `invalid_archive`
 */
export async function findDirectory(source: ByteSource): Promise<DirectoryPlace> {
  await refuseOtherFiles(source);
  if (source.bytes < endRecord.bytes) throw cutOff();
  const endAt = source.bytes - endRecord.bytes;
  const end = await source.read(endAt, endRecord.bytes);
  if (end.readUInt32LE(0) !== endRecord.signature || end.readUInt16LE(20) !== 0) throw cutOff();
  const stated = { count: end.readUInt16LE(10), bytes: end.readUInt32LE(12), start: end.readUInt32LE(16) };
  if (end.readUInt16LE(4) !== 0 || end.readUInt16LE(6) !== 0) {
    throw invalidArchive('The archive is split into several files');
  }
  if (end.readUInt16LE(8) !== stated.count) throw contradicts();
  const isZip64 = stated.count === countInZip64 || stated.bytes === inZip64 || stated.start === inZip64;
  const directory = isZip64 ? await readZip64(source, endAt, stated) : stated;
  const endsAt = isZip64 ? endAt - zip64Locator.bytes - zip64End.bytes : endAt;
  if (directory.start + directory.bytes !== endsAt) throw contradicts();
  return directory;
}

async function refuseOtherFiles(source: ByteSource): Promise<void> {
  if (source.bytes === 0) throw invalidArchive('The file is empty');
  const start = await source.read(0, Math.min(source.bytes, 4));
  const signatures = [localHeader.signature, endRecord.signature];
  if (start.length < 4 || !signatures.includes(start.readUInt32LE(0))) {
    throw invalidArchive('The file is not a ZIP archive');
  }
}

/** Reads the ZIP64 records, which lie directly before the end record. */
async function readZip64(source: ByteSource, endAt: number, stated: DirectoryPlace): Promise<DirectoryPlace> {
  const at = endAt - zip64Locator.bytes - zip64End.bytes;
  if (at < 0) throw contradicts();
  const records = await source.read(at, zip64End.bytes + zip64Locator.bytes);
  const locator = records.subarray(zip64End.bytes);
  const isOurs =
    records.readUInt32LE(0) === zip64End.signature &&
    readUInt64(records, 4) === zip64End.bytes - 12 && // without the signature and this field
    records.readUInt32LE(16) === 0 && // the number of this disk, and of that with the directory
    records.readUInt32LE(20) === 0 &&
    locator.readUInt32LE(0) === zip64Locator.signature &&
    locator.readUInt32LE(4) === 0 &&
    readUInt64(locator, 8) === at &&
    locator.readUInt32LE(16) === 1;
  const [count, bytes, start] = [readUInt64(records, 32), readUInt64(records, 40), readUInt64(records, 48)];
  if (!isOurs || count === null || bytes === null || start === null) throw contradicts();
  if (readUInt64(records, 24) !== count) throw contradicts();
  const agrees =
    (stated.count === countInZip64 || stated.count === count) &&
    (stated.bytes === inZip64 || stated.bytes === bytes) &&
    (stated.start === inZip64 || stated.start === start);
  if (!agrees) throw contradicts();
  return { count, bytes, start };
}
