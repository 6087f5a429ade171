import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipArchive } from 'archiver';
import type { Response } from 'express';
import { AppError } from '#libs/errors';
import type { StoredSample } from '#libs/samples';
import type { ObjectStorage } from '#libs/storage';
import type { VoiceDetails } from '#libs/voices';
import { entryBytes, storedZipBytes, type StoredEntry } from './bundle-size.js';
import { Delivery } from './delivery.js';

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

const entryOf = ({ index, bytes }: Bundle['samples'][number]): StoredEntry => ({
  name: `${index}.opus`,
  bytes,
  streamed: bytes > atOnceBytes,
});

/** voice_info.json: what details say, without URLs, which would outlive their hour in it. */
export function voiceInfo(details: VoiceDetails): Buffer {
  const info = Object.entries(details).filter(([field]) => !field.endsWith('_url'));
  return Buffer.from(`${JSON.stringify(Object.fromEntries(info), null, 2)}\n`);
}

/** Exact size of the ZIP. */
export function bundleBytes({ samples, info }: Bundle): number {
  return storedZipBytes([...samples.map(entryOf), { name: infoName, bytes: info.length, streamed: false }]);
}

/**
 * Streams a bundle; nothing is compressed, as opus would not get smaller. A sample is read at once, into one of two
 * buffers that take turns, while the one before it is sent.
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
  /** Where the entries end: of the sample before the last, and of the last. */
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
    // The next sample takes the memory of the one before this one, which must have gone.
    await delivery.reached(endBefore);
  }
  archive.append(info, { name: infoName, date });
  await archive.finalize();
}

/** A sample, opened. */
interface Source {
  readonly entry: StoredEntry;
  readonly content: Readable | Buffer;
}

/** The samples of a bundle, one after the other, in two buffers that take turns. */
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

  /** Opens the next sample, which may lie in the memory of the one before the last; null after the last one. */
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
