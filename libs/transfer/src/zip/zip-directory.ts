import { invalidArchive, shownName } from './archive-error.js';
import type { ByteSource } from './byte-source.js';
import { findDirectory } from './zip-end.js';
import { centralHeader, zip64Field } from './zip-format.js';
import {
  checkLocalHeader,
  mostLocalBytes,
  readCentralHeader,
  type CentralEntry,
  type EntryHeader,
} from './zip-headers.js';

/** What an archive may have at most. */
export interface ZipLimits {
  readonly maxEntries: number;
  readonly maxNameBytes: number;
}

/** A file of an archive. */
export interface ZipEntry extends EntryHeader {
  /** Offset of its content in the archive. */
  readonly start: number;
}

/**
 * Reads the directory of a ZIP archive that is not compressed. It is strict, as only archives of exports are read:
 *
 * - The entries follow each other without gaps, in any order, from the first byte to the directory. No two share a byte.
 * - Both headers of an entry say the same, and all sizes fit into the archive.
 * - Names are unique, also where upper and lower case are the same, and stay inside of any folder.
 * - Compression, encryption, links, folders, comments, data descriptors and all extra fields but ZIP64's are refused.
 *
 * Nothing grows with the sizes of entries, because only headers are read. The memory is bounded by the limits.
 *
 * @returns the entries in the order of their contents
 * @throws AppError `invalid_archive`
 */
export async function readZipDirectory(source: ByteSource, limits: ZipLimits): Promise<readonly ZipEntry[]> {
  const { maxEntries, maxNameBytes } = limits;
  const place = await findDirectory(source);
  if (place.count > maxEntries) throw invalidArchive(`The archive may have at most ${maxEntries} files`);
  if (place.bytes > maxEntries * (centralHeader.bytes + maxNameBytes + zip64Field.mostBytes)) {
    throw invalidArchive('The directory of the archive is too large');
  }
  const headers = readHeaders(await source.read(place.start, place.bytes), place.count, maxNameBytes);
  refuseDuplicates(headers);
  return placed(source, headers, place.start);
}

function readHeaders(directory: Buffer, count: number, maxNameBytes: number): CentralEntry[] {
  const entries: CentralEntry[] = [];
  let at = 0;
  for (let left = count; left > 0; left -= 1) {
    const { entry, end } = readCentralHeader(directory, at, maxNameBytes);
    entries.push(entry);
    at = end;
  }
  if (at !== directory.length) throw invalidArchive('The directory of the archive is malformed');
  return entries.sort((one, other) => one.headerAt - other.headerAt);
}

function refuseDuplicates(entries: readonly CentralEntry[]): void {
  const seen = new Set<string>();
  for (const { name } of entries) {
    const folded = name.toLowerCase();
    if (seen.has(folded)) throw invalidArchive(`The archive has ${shownName(name)} more than once`);
    seen.add(folded);
  }
}

/** Reads the local headers. Each entry must start where the one before ends, and the last end where the directory starts. */
async function placed(source: ByteSource, entries: readonly CentralEntry[], directoryAt: number): Promise<ZipEntry[]> {
  const found: ZipEntry[] = [];
  let at = 0;
  for (const entry of entries) {
    const { name, bytes, crc32, headerAt } = entry;
    if (headerAt !== at) throw invalidArchive(`There are bytes before ${shownName(name)} that belong to no file`);
    const header = await source.read(at, Math.min(mostLocalBytes(name.length), directoryAt - at));
    const start = at + checkLocalHeader(header, entry);
    found.push({ name, bytes, crc32, start });
    at = start + bytes;
    if (at > directoryAt) throw invalidArchive(`${shownName(name)} is longer than the archive`);
  }
  if (at !== directoryAt) throw invalidArchive('There are bytes after the last file that belong to no file');
  return found;
}
