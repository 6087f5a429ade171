import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipArchive } from 'archiver';
import type { Response } from 'express';
import { AppError } from '#libs/errors';
import type { StoredSample } from '#libs/samples';
import type { ObjectStorage } from '#libs/storage';
import type { VoiceDetailsDto } from '../voices/voice-details.answers.js';
import { entryBytes, storedZipBytes, type StoredEntry } from '../files/zip-size.js';
import { Delivery } from '../files/delivery.js';

/** What goes into the ZIP with all samples of a voice. */
export interface Bundle {
  readonly samples: readonly Pick<StoredSample, 'index' | 'objectKey' | 'bytes'>[];
  /** The content of voice_info.json. */
  readonly info: Buffer;
  /** The date of all entries. */
  readonly date: Date;
}

const infoName = 'voice_info.json';
/** Larger samples are streamed. Five minutes are 3.6 MB. */
const atOnceBytes = 4 * 1024 ** 2;

const entryOf = ({ index, bytes }: Bundle['samples'][number]): StoredEntry => ({
  name: `${index}.opus`,
  bytes,
  streamed: bytes > atOnceBytes,
});

/** Returns voice_info.json: the voice details without URLs, which expire after an hour. */
export function voiceInfo(details: VoiceDetailsDto): Buffer {
  const info = Object.entries(details).filter(([field]) => !field.endsWith('_url'));
  return Buffer.from(`${JSON.stringify(Object.fromEntries(info), null, 2)}\n`);
}

/** Returns the exact size of the ZIP. */
export function bundleBytes({ samples, info }: Bundle): number {
  return storedZipBytes([...samples.map(entryOf), { name: infoName, bytes: info.length, streamed: false }]);
}

/**
 * Streams a bundle. Nothing is compressed, because opus would not get smaller. While one sample is sent, the next one is
 * read into the other of two buffers.
 *
 * The first sample is opened before the headers are set, so that an unreachable storage can still be answered with 503.
 *
 * @throws if the answer breaks off. The connection is then cut, and everything is closed
 */
export async function sendBundle(
  response: Response,
  storage: ObjectStorage,
  bundle: Bundle,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const sources = new SampleSources(storage, bundle.samples);
  const first = await sources.next();
  response.set(headers);
  const archive = new ZipArchive({ store: true });
  const delivery = new Delivery(response);
  const filled = fill(archive, sources, first, bundle, delivery).catch((error: unknown) => {
    archive.destroy(error as Error);
    throw error;
  });
  const ends = await Promise.allSettled([pipeline(archive, delivery), filled]);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

async function fill(
  archive: ZipArchive,
  sources: SampleSources,
  first: Source | null,
  { info, date }: Bundle,
  delivery: Delivery,
): Promise<void> {
  /** Where the last two entries end in the ZIP. */
  let [endBefore, end] = [0, 0];
  for (let source = first; source !== null; source = await sources.next()) {
    const { entry, content } = source;
    try {
      const appended = once(archive, 'entry', { signal: delivery.gone });
      archive.append(content, { name: entry.name, date });
      await appended;
    } finally {
      if (content instanceof Readable) content.destroy();
    }
    [endBefore, end] = [end, end + entryBytes(entry)];
    // The next sample reuses the buffer of the sample before this one, so that one must have been sent.
    await delivery.reached(endBefore);
  }
  archive.append(info, { name: infoName, date });
  await archive.finalize();
}

/** An open sample. */
interface Source {
  readonly entry: StoredEntry;
  readonly content: Readable | Buffer;
}

/** Opens the samples of a bundle one after the other, in two alternating buffers. */
class SampleSources {
  private readonly buffers: readonly [Buffer, Buffer];
  private opened = 0;

  constructor(
    private readonly storage: ObjectStorage,
    private readonly samples: Bundle['samples'],
  ) {
    const largest = Math.max(0, ...samples.map(({ bytes }) => bytes).filter((bytes) => bytes <= atOnceBytes));
    this.buffers = [Buffer.allocUnsafeSlow(largest), Buffer.allocUnsafeSlow(largest)];
  }

  /** Opens the next sample, in the buffer of the one before the last. Returns null at the end. */
  async next(): Promise<Source | null> {
    const at = this.opened++;
    const sample = this.samples[at];
    if (sample === undefined) return null;
    const { objectKey, bytes } = sample;
    const entry = entryOf(sample);
    const content = await (entry.streamed
      ? this.storage.read(objectKey)
      : this.storage.readBytes(objectKey, { start: 0, end: bytes - 1 }, this.buffers[at % 2]));
    if (content === null) throw AppError.of('sample_not_found');
    return { entry, content };
  }
}
