/** An entry of an uncompressed ZIP. */
export interface StoredEntry {
  readonly name: string;
  readonly bytes: number;
  /** Whether the checksum and size follow the data, because they are not known before. */
  readonly streamed: boolean;
}

// Record sizes of PKWARE's APPNOTE.TXT 6.3: §4.3.7 local header, §4.3.9 data descriptor with its signature,
// §4.3.12 central directory header, §4.3.16 end of central directory.
const localHeaderBytes = 30;
const dataDescriptorBytes = 16;
const centralHeaderBytes = 46;
const endRecordBytes = 22;

/** A larger ZIP needs ZIP64 records (APPNOTE §4.4.1.4). 500 samples of 5 minutes are 1.8 GB. */
const maxEntries = 0xffff;
const maxBytes = 0xffffffff;

/** Returns the size of an entry with its data, without its record in the central directory. */
export function entryBytes({ name, bytes, streamed }: StoredEntry): number {
  return localHeaderBytes + Buffer.byteLength(name) + bytes + (streamed ? dataDescriptorBytes : 0);
}

/**
 * Returns the exact size of a ZIP that archiver writes in store mode, without extra fields or comments.
 *
 * @throws RangeError if it would need ZIP64
 */
export function storedZipBytes(entries: readonly StoredEntry[]): number {
  let total = endRecordBytes;
  for (const entry of entries) total += entryBytes(entry) + centralHeaderBytes + Buffer.byteLength(entry.name);
  if (total > maxBytes || entries.length > maxEntries) throw new RangeError('The bundle would need ZIP64');
  return total;
}
