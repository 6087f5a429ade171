/** An entry of a stored ZIP. */
export interface StoredEntry {
  readonly name: string;
  readonly bytes: number;
  /** Streamed entries carry their checksum and size behind their data, as they are not known before. */
  readonly streamed: boolean;
}

// Record sizes of PKWARE's APPNOTE.TXT 6.3: §4.3.7 local header, §4.3.9 data descriptor with its signature,
// §4.3.12 central directory header, §4.3.16 end of central directory.
const localHeaderBytes = 30;
const dataDescriptorBytes = 16;
const centralHeaderBytes = 46;
const endRecordBytes = 22;

/** Beyond these a ZIP needs ZIP64 records (APPNOTE §4.4.1.4); 500 samples of 5 minutes are 1.8 GB. */
const maxEntries = 0xffff;
const maxBytes = 0xffffffff;

/** What an entry takes where its data lies: up to the next entry. */
export function entryBytes({ name, bytes, streamed }: StoredEntry): number {
  return localHeaderBytes + Buffer.byteLength(name) + bytes + (streamed ? dataDescriptorBytes : 0);
}

/**
 * Exact size of a ZIP that archiver writes in store mode, without extra fields or comments.
 *
 * @throws RangeError for a ZIP that would need ZIP64
 */
export function storedZipBytes(entries: readonly StoredEntry[]): number {
  let total = endRecordBytes;
  for (const entry of entries) total += entryBytes(entry) + centralHeaderBytes + Buffer.byteLength(entry.name);
  if (total > maxBytes || entries.length > maxEntries) throw new RangeError('The bundle would need ZIP64');
  return total;
}
