import { invalidArchive, shownName } from './archive-error.js';
import { centralHeader, flags, inZip64, localHeader, readUInt64, versionOfZip64, zip64Field } from './zip-format.js';

/** What both headers of an entry say. */
export interface EntryHeader {
  /** A relative path of ASCII letters, digits, `.`, `_` and `-`. */
  readonly name: string;
  readonly bytes: number;
  readonly crc32: number;
}

/** An entry of the central directory. */
export interface CentralEntry extends EntryHeader {
  /** The fields that the local header repeats: flags, method, time, date, checksum and both sizes. */
  readonly shared: Buffer;
  /** Offset of the local header. */
  readonly headerAt: number;
}

/** Type bits of a Unix mode, and that of a plain file (POSIX sys/stat.h; APPNOTE §4.4.15). */
const [fileType, plainFile] = [0o170000, 0o100000];
const dosDirectory = 0x10;

const segment = /^[A-Za-z0-9._-]+$/;

/** Whether a name is a relative path that stays inside of any folder, on every system. */
function isSafe(name: string): boolean {
  return name.split('/').every((part) => segment.test(part) && part !== '.' && part !== '..');
}

const impossible = (name: string, what: string): Error => invalidArchive(`${shownName(name)} ${what}`);
const malformed = (): Error => invalidArchive('The directory of the archive is malformed');

/**
 * Parses one header of the central directory, with all rules for entries: stored, not encrypted, plain files with safe
 * names, and no features beyond that.
 *
 * @throws AppError `invalid_archive`
 */
export function readCentralHeader(
  directory: Buffer,
  at: number,
  maxNameBytes: number,
): { entry: CentralEntry; end: number } {
  if (directory.length < at + centralHeader.bytes) throw malformed();
  const header = directory.subarray(at, at + centralHeader.bytes);
  if (header.readUInt32LE(0) !== centralHeader.signature) throw malformed();
  const [nameBytes, extraBytes] = [header.readUInt16LE(28), header.readUInt16LE(30)];
  const nameAt = at + centralHeader.bytes;
  const end = nameAt + nameBytes + extraBytes;
  if (end > directory.length) throw malformed();
  const name = directory.toString('latin1', nameAt, nameAt + nameBytes);
  if (nameBytes > maxNameBytes) throw impossible(name, `has a name of more than ${maxNameBytes} bytes`);
  if (!isSafe(name)) throw invalidArchive(`${JSON.stringify(name.slice(0, 100))} is not a name that Timbre exports`);
  refuseFeatures(name, header);
  const extra = directory.subarray(nameAt + nameBytes, end);
  const [stored, bytes, headerAt] = zip64Numbers(
    name,
    extra,
    [20, 24, 42].map((field) => header.readUInt32LE(field)),
  );
  if (stored === undefined || bytes === undefined || headerAt === undefined) throw malformed();
  if (stored !== bytes) throw impossible(name, 'has two sizes');
  const shared = Buffer.from(header.subarray(8, 28));
  return { entry: { name, bytes, crc32: header.readUInt32LE(16), shared, headerAt }, end };
}

function refuseFeatures(name: string, header: Buffer): void {
  const [bits, method] = [header.readUInt16LE(8), header.readUInt16LE(10)];
  if ((bits & flags.encrypted) !== 0) throw impossible(name, 'is encrypted');
  if (method !== 0) throw impossible(name, 'is compressed; exports are not');
  if ((bits & flags.sizesFollow) !== 0) throw impossible(name, 'has no size in its header');
  if ((bits & ~flags.namesAreUtf8) !== 0 || header.readUInt16LE(6) > versionOfZip64) {
    throw impossible(name, 'uses features of ZIP that exports do not use');
  }
  if (header.readUInt16LE(32) !== 0) throw impossible(name, 'has a comment');
  if (header.readUInt16LE(34) !== 0) throw impossible(name, 'is in another file');
  const mode = header.readUInt16LE(40);
  const isPlain = (mode & fileType) === plainFile || (mode & fileType) === 0;
  if (!isPlain || (header.readUInt16LE(38) & dosDirectory) !== 0) throw impossible(name, 'is not a plain file');
}

/**
 * Replaces the numbers that are in the ZIP64 field (§4.5.3), which must have those and no others.
 *
 * @throws AppError `invalid_archive`, also for any other extra field: some give an entry a second name, or encrypt it
 */
function zip64Numbers(name: string, extra: Buffer, numbers: readonly number[]): number[] {
  const missing = numbers.filter((number) => number === inZip64).length;
  if (missing === 0 && extra.length === 0) return [...numbers];
  const { headBytes, id } = zip64Field;
  const isExact = extra.length === headBytes + 8 * missing && missing > 0;
  if (!isExact || extra.readUInt16LE(0) !== id || extra.readUInt16LE(2) !== 8 * missing) {
    throw impossible(name, 'has extra fields that exports do not have');
  }
  let at = headBytes;
  return numbers.map((number) => {
    if (number !== inZip64) return number;
    const large = readUInt64(extra, at);
    at += 8;
    if (large === null) throw impossible(name, 'has an impossible size');
    return large;
  });
}

/** The most bytes that a local header can have. */
export const mostLocalBytes = (nameBytes: number): number => localHeader.bytes + nameBytes + zip64Field.mostBytes;

/**
 * Compares an entry's local header with the directory: it must say the same, in the same words.
 *
 * @param header at least its bytes, if the archive is that long
 * @returns the size of the local header, after which the content starts
 * @throws AppError `invalid_archive`
 */
export function checkLocalHeader(header: Buffer, { name, bytes, shared }: CentralEntry): number {
  const differs = (): Error => impossible(name, 'has two headers that differ');
  if (header.length < localHeader.bytes || header.readUInt32LE(0) !== localHeader.signature) throw differs();
  const [nameBytes, extraBytes] = [header.readUInt16LE(26), header.readUInt16LE(28)];
  const nameAt = localHeader.bytes;
  const end = nameAt + nameBytes + extraBytes;
  if (end > header.length || header.readUInt16LE(4) > versionOfZip64) throw differs();
  if (header.toString('latin1', nameAt, nameAt + nameBytes) !== name) throw differs();
  if (!header.subarray(6, 26).equals(shared)) throw differs();
  const sizes = zip64Numbers(
    name,
    header.subarray(nameAt + nameBytes, end),
    [18, 22].map((at) => header.readUInt32LE(at)),
  );
  if (sizes.some((size) => size !== bytes)) throw differs();
  return end;
}
