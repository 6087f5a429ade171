import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Inject, Injectable } from '@nestjs/common';
import { forEachLimited } from '#libs/service';
import { OBJECT_STORAGE, type ObjectStorage } from '#libs/storage';
import type { RecordedObject } from './snapshot-objects.js';

/** What an archive must know of a file before its first byte is sent. */
export interface Checksums {
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  /** As ZIP archives need it (PKWARE APPNOTE 4.4.7). */
  readonly crc32: number;
}

/** An object that a row names does not exist. */
export class ObjectMissing extends Error {
  constructor(objectKey: string) {
    super(`The object ${objectKey} does not exist`);
    this.name = 'ObjectMissing';
  }
}

/** Objects that are read at a time. A voice may have thousands of small ones, each a request to S3. */
const atATime = 8;

const chunkBytes = 128 * 1024;

/** About 250 bytes each. */
const keptChecksums = 20_000;

/**
 * Reads objects for their checksums, and compares them with what their rows say. Objects never change, so the checksums of
 * those that were read last are kept: the client who continues a download does not wait again.
 */
@Injectable()
export class ObjectChecksums {
  /** In the order of their last use. */
  private readonly kept = new Map<string, Checksums>();

  constructor(@Inject(OBJECT_STORAGE) private readonly storage: ObjectStorage) {}

  /**
   * Returns the checksums of objects by their keys. Objects whose checksums are on record are not read.
   *
   * @param signal ends the reading
   * @param mayLack keys of objects that are left out if they do not exist
   * @throws ObjectMissing | Error if an object is not what its row says | the reason of the signal
   */
  async read(
    objects: readonly RecordedObject[],
    signal: AbortSignal,
    mayLack: ReadonlySet<string>,
  ): Promise<ReadonlyMap<string, Checksums>> {
    const found = new Map<string, Checksums>();
    const spare: Buffer[] = [];
    await forEachLimited(objects, atATime, async (object) => {
      signal.throwIfAborted();
      const buffer = spare.pop() ?? Buffer.allocUnsafeSlow(chunkBytes);
      try {
        found.set(object.objectKey, recorded(object) ?? (await this.readOne(object, buffer, signal)));
      } catch (error) {
        if (!(error instanceof ObjectMissing) || !mayLack.has(object.objectKey)) throw error;
      }
      spare.push(buffer);
    });
    return found;
  }

  private async readOne(object: RecordedObject, buffer: Buffer, signal: AbortSignal): Promise<Checksums> {
    const { objectKey } = object;
    const known = this.kept.get(objectKey) ?? (await this.measure(object, buffer, signal));
    if (!isAsRecorded(known, object)) throw new Error(`The object ${objectKey} is not what its row says`);
    this.keep(objectKey, known);
    return known;
  }

  private async measure(object: RecordedObject, buffer: Buffer, signal: AbortSignal): Promise<Checksums> {
    const { objectKey } = object;
    const bytes = object.bytes ?? (await this.storage.stat(objectKey))?.bytes;
    const range = { start: 0, end: (bytes ?? 0) - 1 };
    const chunks = bytes === undefined ? null : await this.storage.readThrough(objectKey, range, [buffer]);
    if (bytes === undefined || chunks === null) throw new ObjectMissing(objectKey);
    const hash = createHash('sha256');
    let sum = 0;
    try {
      for await (const chunk of chunks as AsyncIterable<Buffer>) {
        signal.throwIfAborted(); // leaving the loop destroys a stream
        hash.update(chunk);
        sum = crc32(chunk, sum);
      }
    } catch (error) {
      signal.throwIfAborted();
      throw (await this.storage.stat(objectKey)) === null ? new ObjectMissing(objectKey) : error;
    }
    return { bytes, sha256: hash.digest('hex'), crc32: sum };
  }

  private keep(objectKey: string, checksums: Checksums): void {
    this.kept.delete(objectKey);
    this.kept.set(objectKey, checksums);
    const [unused] = this.kept.keys();
    if (this.kept.size > keptChecksums && unused !== undefined) this.kept.delete(unused);
  }
}

function recorded({ bytes, sha256, crc32: sum }: RecordedObject): Checksums | null {
  return bytes === null || sha256 === null || sum === null ? null : { bytes, sha256, crc32: sum };
}

const isAsRecorded = (found: Checksums, { bytes, sha256 }: RecordedObject): boolean =>
  (bytes === null || bytes === found.bytes) && (sha256 === null || sha256 === found.sha256);
