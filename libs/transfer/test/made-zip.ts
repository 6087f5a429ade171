import { crc32 } from 'node:zlib';

/** An entry of an archive that may be wrong on purpose. */
export interface MadeEntry {
  readonly name: string;
  readonly content: Buffer;
  /** Of both headers, unless only the directory shall have it (`central`). */
  readonly fields?: Partial<HeaderFields>;
  /** Fields of the directory that differ from the local header's. */
  readonly central?: Partial<HeaderFields & { readonly name: string; readonly offset: number }>;
  /** Bytes between the end of the entry before and this one. */
  readonly before?: Buffer;
  /** Writes the sizes, and the offset in the directory, in ZIP64 fields. */
  readonly zip64?: boolean;
}

interface HeaderFields {
  readonly version: number;
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  readonly stored: number;
  readonly bytes: number;
  readonly extra: Buffer;
  readonly mode: number;
  readonly comment: Buffer;
}

/** Overrides of the end of the archive. */
export interface MadeEnd {
  readonly count?: number;
  readonly start?: number;
  readonly bytes?: number;
  readonly disk?: number;
  readonly comment?: Buffer;
  /** Writes the ZIP64 records, with the numbers of the end record only in them. */
  readonly zip64?: boolean;
}

const inZip64 = 0xffffffff;

/** Builds a ZIP archive record by record (PKWARE APPNOTE 4.3), right unless it is told otherwise. */
export function madeZip(entries: readonly MadeEntry[], end: MadeEnd = {}): Buffer {
  const [pieces, directory]: [Buffer[], Buffer[]] = [[], []];
  let at = 0;
  const add = (piece: Buffer): void => {
    pieces.push(piece);
    at += piece.length;
  };
  for (const entry of entries) {
    add(entry.before ?? Buffer.alloc(0));
    const offset = entry.central?.offset ?? at;
    const fields = fieldsOf(entry);
    add(localHeader(entry.name, entry.zip64 === true ? inLargeFields(fields, []) : fields));
    add(entry.content);
    const central = { ...fields, ...entry.central };
    const large = entry.zip64 === true ? inLargeFields(central, [offset]) : central;
    directory.push(centralHeader(entry.central?.name ?? entry.name, large, entry.zip64 === true ? inZip64 : offset));
  }
  const records = Buffer.concat(directory);
  const place = { count: end.count ?? entries.length, start: end.start ?? at, bytes: end.bytes ?? records.length };
  return Buffer.concat([
    ...pieces,
    records,
    ...(end.zip64 === true ? zip64Records(place, at + records.length) : []),
    endRecord(place, end),
  ]);
}

function fieldsOf({ content, fields }: MadeEntry): HeaderFields {
  const none = Buffer.alloc(0);
  const sizes = { crc32: crc32(content), stored: content.length, bytes: content.length };
  return { version: 10, flags: 1 << 11, method: 0, ...sizes, extra: none, comment: none, mode: 0o100644, ...fields };
}

function inLargeFields<F extends HeaderFields>(fields: F, others: readonly number[]): F {
  const numbers = [fields.bytes, fields.stored, ...others];
  const extra = Buffer.alloc(4 + 8 * numbers.length);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(8 * numbers.length, 2);
  numbers.forEach((number, index) => extra.writeBigUInt64LE(BigInt(number), 4 + 8 * index));
  return { ...fields, extra, stored: inZip64, bytes: inZip64 };
}

function shared(fields: HeaderFields): Buffer {
  const bytes = Buffer.alloc(20);
  bytes.writeUInt16LE(fields.flags, 0);
  bytes.writeUInt16LE(fields.method, 2);
  bytes.writeUInt16LE(0x21, 6); // 1 January 1980
  bytes.writeUInt32LE(fields.crc32, 8);
  bytes.writeUInt32LE(fields.stored, 12);
  bytes.writeUInt32LE(fields.bytes, 16);
  return bytes;
}

function localHeader(name: string, fields: HeaderFields): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(fields.version, 4);
  shared(fields).copy(header, 6);
  header.writeUInt16LE(Buffer.byteLength(name), 26);
  header.writeUInt16LE(fields.extra.length, 28);
  return Buffer.concat([header, Buffer.from(name), fields.extra]);
}

function centralHeader(name: string, fields: HeaderFields, offset: number): Buffer {
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE((3 << 8) | 45, 4);
  header.writeUInt16LE(fields.version, 6);
  shared(fields).copy(header, 8);
  header.writeUInt16LE(Buffer.byteLength(name), 28);
  header.writeUInt16LE(fields.extra.length, 30);
  header.writeUInt16LE(fields.comment.length, 32);
  header.writeUInt32LE(fields.mode * 0x10000, 38);
  header.writeUInt32LE(offset, 42);
  return Buffer.concat([header, Buffer.from(name), fields.extra, fields.comment]);
}

interface Place {
  readonly count: number;
  readonly start: number;
  readonly bytes: number;
}

function zip64Records({ count, start, bytes }: Place, at: number): Buffer[] {
  const end = Buffer.alloc(56);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeBigUInt64LE(BigInt(count), 24);
  end.writeBigUInt64LE(BigInt(count), 32);
  end.writeBigUInt64LE(BigInt(bytes), 40);
  end.writeBigUInt64LE(BigInt(start), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(at), 8);
  locator.writeUInt32LE(1, 16);
  return [end, locator];
}

function endRecord(place: Place, { disk = 0, comment = Buffer.alloc(0), zip64 = false }: MadeEnd): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(disk, 4);
  end.writeUInt16LE(zip64 ? 0xffff : place.count, 8);
  end.writeUInt16LE(zip64 ? 0xffff : place.count, 10);
  end.writeUInt32LE(zip64 ? inZip64 : place.bytes, 12);
  end.writeUInt32LE(zip64 ? inZip64 : place.start, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([end, comment]);
}
