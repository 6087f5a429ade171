/**
 * The records of a ZIP archive that a strict reader needs: PKWARE's APPNOTE.TXT 6.3.10, by section. Numbers are
 * little-endian.
 */

/** A record with its fixed size, without names and extra fields. */
interface RecordFormat {
  readonly bytes: number;
  readonly signature: number;
}

export const localHeader: RecordFormat = { bytes: 30, signature: 0x04034b50 }; // §4.3.7
export const centralHeader: RecordFormat = { bytes: 46, signature: 0x02014b50 }; // §4.3.12
export const zip64End: RecordFormat = { bytes: 56, signature: 0x06064b50 }; // §4.3.14
export const zip64Locator: RecordFormat = { bytes: 20, signature: 0x07064b50 }; // §4.3.15
export const endRecord: RecordFormat = { bytes: 22, signature: 0x06054b50 }; // §4.3.16

/** The extra field with the numbers that need more than 32 bits (§4.5.3): a head of 4 bytes, then 8 for each. */
export const zip64Field = { headBytes: 4, id: 0x0001, mostBytes: 4 + 3 * 8 };

/** A number of 32 bits that stands for one in a ZIP64 record (§4.4.1.4). So does the count. */
export const inZip64 = 0xffffffff;
export const countInZip64 = 0xffff;

/** The highest version that a reader of stored entries with ZIP64 needs (§4.4.3.2). */
export const versionOfZip64 = 45;

/** Bits of the general purpose flags (§4.4.4). */
export const flags = { encrypted: 1 << 0, sizesFollow: 1 << 3, namesAreUtf8: 1 << 11 };

/** Returns an unsigned 64-bit number; null if it is not exact in a number of JavaScript. */
export function readUInt64(record: Buffer, at: number): number | null {
  const value = Number(record.readBigUInt64LE(at));
  return Number.isSafeInteger(value) ? value : null;
}
