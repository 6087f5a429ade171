import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { invalidArchive, shownName } from './archive-error.js';
import type { ByteSource } from './byte-source.js';
import type { ZipEntry } from './zip-directory.js';

const pieceBytes = 1024 ** 2;

/** Reads the content of an entry in pieces of up to 1 MiB. @throws the signal's reason if it aborts */
export async function* contentOf(source: ByteSource, entry: ZipEntry, signal?: AbortSignal): AsyncGenerator<Buffer> {
  for (let done = 0; done < entry.bytes; done += pieceBytes) {
    signal?.throwIfAborted();
    yield await source.read(entry.start + done, Math.min(pieceBytes, entry.bytes - done));
  }
}

/**
 * Passes the content of an entry on while it verifies it. Nothing that was made of the pieces may be used before the end.
 *
 * @param sha256 hex; null if it is not known
 * @throws AppError `invalid_archive` at the end if a checksum is wrong
 */
export async function* verifiedContent(
  source: ByteSource,
  entry: ZipEntry,
  sha256: string | null,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let crc = 0;
  for await (const piece of contentOf(source, entry, signal)) {
    crc = crc32(piece, crc);
    if (sha256 !== null) hash.update(piece);
    yield piece;
  }
  if (crc !== entry.crc32) throw invalidArchive(`${shownName(entry.name)} is damaged: its CRC-32 is wrong`);
  if (sha256 !== null && hash.digest('hex') !== sha256) {
    throw invalidArchive(`${shownName(entry.name)} is damaged: its SHA-256 is not that of voice.json`);
  }
}
