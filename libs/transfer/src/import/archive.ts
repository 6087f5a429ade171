import { filesOf, type NamedFile } from '../document-files.js';
import { documentEntry } from '../entry-names.js';
import { maxDocumentBytes, parseDocument } from '../parse-document.js';
import { Mismatch } from '../strict-json.js';
import { maxArchiveFiles, type VoiceDocument } from '../voice-document.js';
import { invalidArchive, shownName } from '../zip/archive-error.js';
import type { ByteSource } from '../zip/byte-source.js';
import { verifiedContent } from '../zip/zip-content.js';
import { readZipDirectory, type ZipEntry } from '../zip/zip-directory.js';

/** A file of an archive: what `voice.json` says about it, and where its bytes are. */
export interface ArchiveFile extends NamedFile {
  readonly zipped: ZipEntry;
}

/** The archive of a voice whose parts fit together. The contents of its files are not verified yet. */
export interface Archive {
  readonly source: ByteSource;
  readonly document: VoiceDocument;
  /** In the order of the document. */
  readonly files: readonly ArchiveFile[];
}

const zipLimits = { maxEntries: maxArchiveFiles + 1, maxNameBytes: 200 };

/**
 * Opens the archive of a voice. It must have `voice.json`, exactly the files that this names, and not a byte beside them.
 *
 * Memory is bounded by the number of files and the size of `voice.json`, whatever the size of the archive.
 *
 * @throws AppError `invalid_archive`
 */
export async function openArchive(source: ByteSource): Promise<Archive> {
  const entries = new Map((await readZipDirectory(source, zipLimits)).map((entry) => [entry.name, entry]));
  const zipped = entries.get(documentEntry);
  if (zipped === undefined) throw invalidArchive(`The archive has no ${documentEntry}`);
  const document = await readDocument(source, zipped);
  const files = filesOf(document).map((file) => ({ ...file, zipped: entryOf(file, entries) }));
  const named = new Set([documentEntry, ...files.map(({ entry }) => entry)]);
  const stray = [...entries.keys()].find((name) => !named.has(name));
  if (stray !== undefined) throw invalidArchive(`${shownName(stray)} is not in ${documentEntry}`);
  return { source, document, files };
}

async function readDocument(source: ByteSource, zipped: ZipEntry): Promise<VoiceDocument> {
  if (zipped.bytes > maxDocumentBytes) throw invalidArchive(`${documentEntry} is too large`);
  const pieces: Buffer[] = [];
  for await (const piece of verifiedContent(source, zipped, null)) pieces.push(piece);
  try {
    return parseDocument(Buffer.concat(pieces));
  } catch (error) {
    throw error instanceof Mismatch ? invalidArchive(error.message) : error;
  }
}

function entryOf({ entry, file }: NamedFile, entries: ReadonlyMap<string, ZipEntry>): ZipEntry {
  const zipped = entries.get(entry);
  if (zipped === undefined) throw invalidArchive(`${shownName(entry)} is missing`);
  if (zipped.bytes !== file.bytes) {
    throw invalidArchive(
      `${shownName(entry)} has ${zipped.bytes} bytes, and not ${file.bytes} as ${documentEntry} says`,
    );
  }
  return zipped;
}
