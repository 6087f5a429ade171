import type { ByteRange } from '#libs/storage';

/** A file of an archive. */
export interface ZipFile {
  /** Its path in the archive. */
  readonly name: string;
  readonly bytes: number;
  readonly crc32: number;
  /** The bytes themselves, or the key of the object that contains them. */
  readonly content: Buffer | string;
}

/** Consecutive bytes of an archive: a record of the format, or the content of a file. */
export interface ZipPiece {
  /** Offset in the archive. */
  readonly start: number;
  readonly bytes: number;
  /** As in {@link ZipFile}. */
  readonly content: Buffer | string;
}

/** Where every byte of an archive comes from. */
export interface StoredZip {
  readonly bytes: number;
  /** In order, without gaps. */
  readonly pieces: readonly ZipPiece[];
}

/** A piece, or a part of one. */
export interface ZipPart {
  readonly content: Buffer | string;
  /** Within the content. */
  readonly range: ByteRange;
}

// PKWARE's APPNOTE.TXT 6.3.10, by section. Numbers are little-endian.
const localHeader = { bytes: 30, signature: 0x04034b50 }; // §4.3.7
const centralHeader = { bytes: 46, signature: 0x02014b50 }; // §4.3.12
const zip64Field = { bytes: 12, id: 0x0001 }; // §4.5.3, with the offset alone
const zip64End = { bytes: 56, signature: 0x06064b50 }; // §4.3.14
const zip64Locator = { bytes: 20, signature: 0x07064b50 }; // §4.3.15
const endRecord = { bytes: 22, signature: 0x06054b50 }; // §4.3.16

/** Stands for a number that is in a ZIP64 record instead (§4.4.1.4). */
const [inZip64, countInZip64] = [0xffffffff, 0xffff];
const versionNeeded = { stored: 10, zip64: 45 }; // §4.4.3.2
const madeByUnix = (3 << 8) | versionNeeded.zip64; // §4.4.2
const namesAreUtf8 = 1 << 11; // §4.4.4
const readableFile = 0o100644 * 0x10000; // Unix mode in the high half (§4.4.15)

/**
 * Plans a ZIP archive without compression. Sizes and checksums must be known, so the archive needs no data descriptors,
 * and its length and every byte of it are fixed before an object is read.
 *
 * Offsets from 4 GiB and counts from 65,535 are written in ZIP64 records.
 *
 * @param date the date of all files, written in UTC: the format has no time zone
 * @throws RangeError if a file has 4 GiB or more
 */
export function storedZip(files: readonly ZipFile[], date: Date): StoredZip {
  const pieces: ZipPiece[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  const add = (content: Buffer | string, bytes: number): void => {
    if (bytes > 0) pieces.push({ start: at, bytes, content });
    at += bytes;
  };
  for (const file of files) {
    if (file.bytes >= inZip64) throw new RangeError(`${file.name} is too large for an archive: ${file.bytes} bytes`);
    const described = describe(file, date);
    directory.push(centralRecord(described, at));
    const header = localRecord(described);
    add(header, header.length);
    add(file.content, file.bytes);
  }
  const start = at;
  const records = Buffer.concat(directory);
  add(records, records.length);
  const end = endOf({ count: files.length, start, bytes: records.length });
  add(end, end.length);
  return { bytes: at, pieces };
}

/** Returns the parts of an archive that a range consists of, in order. */
export function partsOf({ pieces }: StoredZip, range: ByteRange): ZipPart[] {
  const parts: ZipPart[] = [];
  for (const { start, bytes, content } of pieces) {
    const [from, to] = [Math.max(range.start - start, 0), Math.min(range.end - start, bytes - 1)];
    if (from <= to) parts.push({ content, range: { start: from, end: to } });
  }
  return parts;
}

/** What a file's two headers share. */
interface Described {
  /** The fields from the flags to the size. */
  readonly shared: Buffer;
  readonly name: Buffer;
}

function describe({ name, bytes, crc32 }: ZipFile, date: Date): Described {
  const shared = Buffer.alloc(20);
  shared.writeUInt16LE(namesAreUtf8, 0); // the method at 2 stays 0: stored
  shared.writeUInt16LE(dosTime(date), 4);
  shared.writeUInt16LE(dosDate(date), 6);
  shared.writeUInt32LE(crc32, 8);
  shared.writeUInt32LE(bytes, 12); // compressed
  shared.writeUInt32LE(bytes, 16);
  return { shared, name: Buffer.from(name) };
}

function localRecord({ shared, name }: Described): Buffer {
  const header = Buffer.alloc(localHeader.bytes);
  header.writeUInt32LE(localHeader.signature, 0);
  header.writeUInt16LE(versionNeeded.stored, 4);
  shared.copy(header, 6);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

function centralRecord({ shared, name }: Described, offset: number): Buffer {
  const isFar = offset >= inZip64;
  const extra = Buffer.alloc(isFar ? zip64Field.bytes : 0);
  if (isFar) {
    extra.writeUInt16LE(zip64Field.id, 0);
    extra.writeUInt16LE(8, 2);
    extra.writeBigUInt64LE(BigInt(offset), 4);
  }
  const header = Buffer.alloc(centralHeader.bytes);
  header.writeUInt32LE(centralHeader.signature, 0);
  header.writeUInt16LE(madeByUnix, 4);
  header.writeUInt16LE(isFar ? versionNeeded.zip64 : versionNeeded.stored, 6);
  shared.copy(header, 8);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(readableFile, 38);
  header.writeUInt32LE(Math.min(offset, inZip64), 42);
  return Buffer.concat([header, name, extra]);
}

interface Directory {
  readonly count: number;
  readonly start: number;
  readonly bytes: number;
}

function endOf(directory: Directory): Buffer {
  const { count, start, bytes } = directory;
  const end = Buffer.alloc(endRecord.bytes);
  end.writeUInt32LE(endRecord.signature, 0);
  end.writeUInt16LE(Math.min(count, countInZip64), 8); // on this disk
  end.writeUInt16LE(Math.min(count, countInZip64), 10);
  end.writeUInt32LE(Math.min(bytes, inZip64), 12);
  end.writeUInt32LE(Math.min(start, inZip64), 16);
  const isLarge = count >= countInZip64 || start >= inZip64 || bytes >= inZip64;
  return isLarge ? Buffer.concat([zip64EndOf(directory), end]) : end;
}

function zip64EndOf({ count, start, bytes }: Directory): Buffer {
  const end = Buffer.alloc(zip64End.bytes);
  end.writeUInt32LE(zip64End.signature, 0);
  end.writeBigUInt64LE(BigInt(zip64End.bytes - 12), 4); // without the signature and this field
  end.writeUInt16LE(madeByUnix, 12);
  end.writeUInt16LE(versionNeeded.zip64, 14);
  end.writeBigUInt64LE(BigInt(count), 24); // on this disk
  end.writeBigUInt64LE(BigInt(count), 32);
  end.writeBigUInt64LE(BigInt(bytes), 40);
  end.writeBigUInt64LE(BigInt(start), 48);
  const locator = Buffer.alloc(zip64Locator.bytes);
  locator.writeUInt32LE(zip64Locator.signature, 0);
  locator.writeBigUInt64LE(BigInt(start + bytes), 8);
  locator.writeUInt32LE(1, 16); // the number of disks
  return Buffer.concat([end, locator]);
}

// MS-DOS dates (§4.4.6) are from 1980 to 2107, in steps of two seconds.
const dosDate = (date: Date): number =>
  ((date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
const dosTime = (date: Date): number =>
  (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1);
