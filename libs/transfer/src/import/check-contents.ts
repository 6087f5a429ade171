import { readOpusStream, samplesPerSecond } from '#libs/audio';
import { isAppError } from '#libs/errors';
import type { FileKind } from '../document-files.js';
import { invalidArchive, shownName } from '../zip/archive-error.js';
import { verifiedContent } from '../zip/zip-content.js';
import type { Archive, ArchiveFile } from './archive.js';
import { longest, type AudioLimits } from './audio-limits.js';
import { refuseTooMuchAudio } from './stated-audio.js';

/** How a file of the archive is checked before the import is accepted. The job then decodes all audio. */
const looks: Readonly<Record<FileKind, 'own' | 'opus' | 'any'>> = {
  original: 'own',
  sample: 'own',
  consent_recording: 'own',
  test_sample: 'opus', // an engine has written it, in a way of its own
  sample_embedding: 'any',
  embedding_archive: 'any',
  consent_file: 'any',
};

/**
 * Reads all files of an archive once, in their order: verifies CRC-32 and SHA-256, and that audio is Ogg Opus of the length
 * that is stated. No audio is decoded yet. Memory does not grow with the archive.
 *
 * @throws AppError `invalid_archive` that names the first wrong entry; the signal's reason if it aborts
 */
export async function checkContents(archive: Archive, limits: AudioLimits, signal?: AbortSignal): Promise<void> {
  refuseTooMuchAudio(archive.document, limits);
  const files = [...archive.files].sort((one, other) => one.zipped.start - other.zipped.start);
  for (const file of files) {
    const content = verifiedContent(archive.source, file.zipped, file.file.sha256, signal);
    if (looks[file.kind] === 'own') await checkOwnOpus(file, content, longest(file.kind, limits));
    else await checkStart(file, content, looks[file.kind] === 'opus');
  }
}

/** The shortest Opus frame (RFC 6716 §2). Packets of it bound how much is parsed of a file that is too long. */
const shortestPacketsPerSecond = 400;

/** An original is cut again by its packets, and samples are compared by them: both must be as this project writes them. */
async function checkOwnOpus(file: ArchiveFile, content: AsyncIterable<Buffer>, maxSeconds: number): Promise<void> {
  const tooLong = (): Error => invalidArchive(`${shownName(file.entry)} is longer than ${maxSeconds} s`);
  try {
    const stream = await readOpusStream(content);
    let packets = 0;
    for await (const batch of stream.batches) {
      packets += batch.length;
      if (packets > (maxSeconds + 1) * shortestPacketsPerSecond) throw tooLong();
    }
    const seconds = stream.totalSamples() / samplesPerSecond;
    if (seconds > maxSeconds + 1) throw tooLong();
    if (seconds === 0) throw invalidArchive(`${shownName(file.entry)} has no audio`);
  } catch (error) {
    throw isAppError(error, 'conversion_failed') ? notOpus(file, error) : error;
  }
}

const notOpus = ({ entry }: ArchiveFile, cause?: unknown): Error =>
  invalidArchive(`${shownName(entry)} is not Ogg Opus as Timbre writes it`, cause);

/** The first page of Ogg Opus: 27 bytes of header, one length, then the magic signature (RFC 3533 §6, RFC 7845 §5.1). */
const [oggStart, opusStart, opusAt] = [Buffer.from('OggS'), Buffer.from('OpusHead'), 28];

async function checkStart(file: ArchiveFile, content: AsyncIterable<Buffer>, isOpus: boolean): Promise<void> {
  let isFirst = true;
  for await (const piece of content) {
    if (isFirst && isOpus) {
      const starts = piece.subarray(0, 4).equals(oggStart) && piece.subarray(opusAt, opusAt + 8).equals(opusStart);
      if (!starts) throw invalidArchive(`${shownName(file.entry)} is not Ogg Opus`);
    }
    isFirst = false;
  }
}
