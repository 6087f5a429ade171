import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipArchive } from 'archiver';
import type { Response } from 'express';
import { AppError } from '#libs/errors';
import type { StoredSample } from '#libs/samples';
import type { ObjectStorage } from '#libs/storage';
import type { VoiceDetails } from '#libs/voices';
import { whenGone } from '../http/client-gone.js';
import { storedZipBytes } from './bundle-size.js';

/** All samples of a voice as a ZIP, before it is written. */
export interface Bundle {
  readonly samples: readonly Pick<StoredSample, 'index' | 'objectKey' | 'bytes'>[];
  /** voice_info.json */
  readonly info: Buffer;
  /** Date of the entries. */
  readonly date: Date;
}

const infoName = 'voice_info.json';
/** Larger samples than these (five minutes are 3.6 MB) go through in pieces. */
const atOnceBytes = 4 * 1024 ** 2;
const isStreamed = (bytes: number): boolean => bytes > atOnceBytes;
const sampleName = (index: number): string => `${index}.opus`;

/** voice_info.json: what details say, without URLs, which would outlive their hour in it. */
export function voiceInfo(details: VoiceDetails): Buffer {
  const info = Object.entries(details).filter(([field]) => !field.endsWith('_url'));
  return Buffer.from(`${JSON.stringify(Object.fromEntries(info), null, 2)}\n`);
}

/** Exact size of the ZIP. */
export function bundleBytes({ samples, info }: Bundle): number {
  return storedZipBytes([
    ...samples.map(({ index, bytes }) => ({ name: sampleName(index), bytes, streamed: isStreamed(bytes) })),
    { name: infoName, bytes: info.length, streamed: false },
  ]);
}

/**
 * Streams a bundle; nothing is compressed, as opus would not get smaller. A sample is read at once, while the one before
 * it is sent, and no more than these two are held.
 *
 * The first sample is opened before anything of the answer is set, so that a storage out of reach can still be told.
 *
 * @throws when it breaks off; the connection is cut then, and whatever was open is closed
 */
export async function sendBundle(
  response: Response,
  storage: ObjectStorage,
  bundle: Bundle,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const [sample] = bundle.samples;
  const first = sample === undefined ? null : await sourceOf(storage, sample);
  response.set(headers);
  const archive = new ZipArchive({ store: true });
  const filled = fill(archive, storage, bundle, first, whenGone(response)).catch((error: unknown) => {
    archive.destroy(error as Error);
    throw error;
  });
  const ends = await Promise.allSettled([pipeline(archive, response), filled]);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

async function fill(
  archive: ZipArchive,
  storage: ObjectStorage,
  bundle: Bundle,
  first: Readable | Buffer | null,
  gone: AbortSignal,
): Promise<void> {
  const { samples, date } = bundle;
  let appendedBytes = 0;
  for (const [at, sample] of samples.entries()) {
    const source = at === 0 && first !== null ? first : await sourceOf(storage, sample);
    // archiver takes whole buffers as fast as they are given: the one before must have gone.
    while (archive.pointer() < appendedBytes) await once(archive, 'data', { signal: gone });
    appendedBytes += sample.bytes;
    try {
      const appended = once(archive, 'entry', { signal: gone });
      archive.append(source, { name: sampleName(sample.index), date });
      await appended;
    } finally {
      if (source instanceof Readable) source.destroy();
    }
  }
  archive.append(bundle.info, { name: infoName, date });
  await archive.finalize();
}

async function sourceOf(
  storage: ObjectStorage,
  { objectKey, bytes }: Bundle['samples'][number],
): Promise<Readable | Buffer> {
  const source = await (isStreamed(bytes)
    ? storage.read(objectKey)
    : storage.readBytes(objectKey, { start: 0, end: bytes - 1 }));
  if (source === null) throw AppError.of('sample_not_found');
  if (source instanceof Buffer && source.length < bytes) throw new Error(`${objectKey} is shorter than it was`);
  return source;
}
