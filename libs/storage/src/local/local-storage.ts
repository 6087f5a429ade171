import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants, open, readdir, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { AppError } from '#libs/errors';
import { writeNewFile } from './durable-write.js';
import { allowFolder, groupReadable, ownerOnly, type FileModes } from './file-modes.js';
import { FirstFailure } from '../first-failure.js';
import { filesUnder, makeFolder, nullIfMissing, pruneEmpty, removeTree, timeIn } from './local-folders.js';
import { assertObjectKey, assertObjectPrefix } from '../keys/object-key-check.js';
import type {
  ByteRange,
  CopyResult,
  ListedObject,
  ObjectStorage,
  PutFileOptions,
  PutOptions,
  SignGetOptions,
  SignPutOptions,
  StorageState,
  StoredFile,
  StoredObject,
} from '../object-storage.js';
import { getUrl, putUrl, type SigningOptions } from '../signed-urls/object-urls.js';
import { bringFile, type Brought } from './bring-file.js';
import { describeFile, placeFile, settleFile, sumFile } from './place-file.js';
import { readStretch } from './read-stretch.js';
import { readThrough } from './read-through.js';
import { endsTooSoon, errnoOf, storageFailure, storing } from '../storage-failure.js';

export interface LocalStorageOptions {
  readonly signing: SigningOptions;
  /** Lets members of the process's group read the files. */
  readonly groupReadable?: boolean;
}

const dayMs = 24 * 60 * 60 * 1000;
const readBytes = 256 * 1024;

/**
 * Stores objects as files of one folder, which several processes and containers may share.
 *
 * `{folder}/objects/{key}` holds visible objects, `{folder}/incoming/{uuid}` those being written. A rename, which is
 * atomic within a file system, makes an object visible. Content types are not stored: signed URLs carry them.
 */
export class LocalStorage implements ObjectStorage {
  private readonly objects: string;
  private readonly incoming: string;
  private readonly modes: FileModes;

  private constructor(
    folder: string,
    private readonly options: LocalStorageOptions,
  ) {
    this.objects = join(folder, 'objects');
    this.incoming = join(folder, 'incoming');
    this.modes = options.groupReadable ? groupReadable : ownerOnly;
  }

  /**
   * Creates missing folders and removes leftovers older than a day. An existing read-only folder can be opened for
   * reading.
   */
  static async open(folder: string, options: LocalStorageOptions): Promise<LocalStorage> {
    const storage = new LocalStorage(folder, options);
    for (const made of [storage.objects, storage.incoming]) {
      await storing(() => makeFolder(made, storage.modes.folder));
      // An earlier release left it open to everyone. We may lack the permission to change an operator's own folder.
      await allowFolder(made, storage.modes.folder).catch(() => undefined);
    }
    const removing = async (): Promise<unknown> =>
      storage.removeLeftovers(new Date((await storage.now()).getTime() - dayMs));
    await removing().catch(() => undefined); // the next sweep tries again
    return storage;
  }

  async put(
    key: string,
    source: Readable | AsyncIterable<Uint8Array>,
    { maxBytes }: PutOptions,
  ): Promise<StoredObject> {
    const target = this.pathOf(key);
    const arriving = this.newPath();
    const stored = await writeNewFile(arriving, source, { maxBytes, mode: this.modes.file });
    await this.publish(arriving, target);
    return stored;
  }

  async putFile(key: string, path: string, options: PutFileOptions): Promise<StoredFile> {
    const target = this.pathOf(key);
    await this.assertPresent();
    const sums = options.computeSha256 ? await storing(() => sumFile(path)) : null;
    const bytes = await storing(() => settleFile(path, this.modes.file));
    try {
      await placeFile(path, target, this.modes);
    } catch (error) {
      if (errnoOf(error) !== 'EXDEV') throw storageFailure(error);
      await this.putFromElsewhere(target, path);
    }
    return { bytes, sha256: sums?.sha256 ?? null };
  }

  async stat(key: string): Promise<{ readonly bytes: number } | null> {
    const path = this.pathOf(key);
    const found = await storing(() => stat(path).catch(nullIfMissing));
    if (!found) await this.assertPresent();
    return found?.isFile() ? { bytes: found.size } : null;
  }

  async read(key: string, range?: ByteRange): Promise<Readable | null> {
    const path = this.pathOf(key);
    const handle = await storing(() => open(path, 'r').catch(nullIfMissing));
    if (!handle) {
      await this.assertPresent();
      return null;
    }
    try {
      const found = await storing(() => handle.stat());
      if (!found.isFile()) {
        await handle.close();
        return null;
      }
      if (range && range.start >= found.size) throw AppError.of('range_not_satisfiable');
      // The stream closes the handle when it ends, fails or is destroyed.
      return handle.createReadStream({ highWaterMark: readBytes, ...range });
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async readBytes(key: string, { start, end }: ByteRange, into?: Buffer): Promise<Buffer | null> {
    const length = end - start + 1;
    const wanted = into?.subarray(0, length) ?? Buffer.allocUnsafe(length);
    const path = this.pathOf(key);
    const filled = await storing(() => readStretch(path, start, wanted).catch(nullIfMissing));
    if (filled === null) {
      await this.assertPresent();
      return null;
    }
    if (filled < length) throw endsTooSoon(key);
    return wanted;
  }

  readThrough(key: string, range: ByteRange, buffers: readonly Buffer[]): Promise<AsyncIterable<Buffer> | null> {
    return readThrough((part, into) => this.readBytes(key, part, into), range, buffers);
  }

  async fetchFile(key: string, path: string): Promise<boolean> {
    return (await this.bring(key, path)) !== null;
  }

  async copyVerified(from: string, to: string, expected: StoredObject): Promise<CopyResult> {
    const target = this.pathOf(to);
    const arriving = this.newPath();
    // An object's file is never written to again, only replaced by another file. So a link is as good as a copy.
    const brought = await this.bring(from, arriving);
    if (brought === null) return { kind: 'missing' };
    let crc32: number;
    try {
      const { bytes, sums } = await storing(() => describeFile(arriving, expected.bytes));
      if (sums?.sha256 !== expected.sha256) {
        await storing(() => rm(arriving));
        return { kind: 'different', bytes, sha256: sums?.sha256 ?? null };
      }
      ({ crc32 } = sums);
      await storing(() => settleFile(arriving, this.modes.file, brought === 'copied'));
    } catch (error) {
      await rm(arriving, { force: true }).catch(() => undefined);
      throw error;
    }
    await this.publish(arriving, target);
    return { kind: 'copied', crc32 };
  }

  async delete(keys: Iterable<string>): Promise<void> {
    const paths = [...keys].map((key) => this.pathOf(key));
    await this.assertPresent();
    const failures = new FirstFailure();
    for (const path of paths) {
      await failures.outlast(async () => {
        await storing(() => unlink(path).catch(nullIfMissing));
        await storing(() => pruneEmpty(dirname(path), this.objects));
      });
    }
    failures.throwIfAny();
  }

  async deletePrefix(prefix: string): Promise<void> {
    const folder = this.folderOf(prefix);
    await this.assertPresent();
    await storing(() => removeTree(folder));
    await storing(() => pruneEmpty(dirname(folder), this.objects));
  }

  async *list(prefix: string): AsyncGenerator<ListedObject> {
    const folder = prefix === '' ? this.objects : this.folderOf(prefix);
    await this.assertPresent();
    try {
      for await (const { path, bytes, modifiedAt } of filesUnder(folder)) {
        yield { key: relative(this.objects, path).split(sep).join('/'), bytes, modifiedAt };
      }
    } catch (error) {
      throw storageFailure(error);
    }
  }

  async signGet(key: string, options: SignGetOptions): Promise<string> {
    assertObjectKey(key);
    return getUrl(key, options, this.options.signing);
  }

  async signPut(key: string, options: SignPutOptions): Promise<string> {
    assertObjectKey(key);
    return putUrl(key, options, this.options.signing);
  }

  /** Decides by age, because process ids of containers that share the folder overlap. Every write renews the age. */
  async removeLeftovers(before: Date): Promise<number> {
    let removed = 0;
    for (const name of await storing(() => readdir(this.incoming))) {
      const path = join(this.incoming, name);
      const found = await storing(() => stat(path).catch(nullIfMissing));
      if (!found || found.mtime >= before) continue;
      await storing(() => rm(path, { recursive: true, force: true }));
      removed += 1;
    }
    return removed;
  }

  now(): Promise<Date> {
    return storing(() => timeIn(this.incoming));
  }

  async check(): Promise<StorageState> {
    const all = (mode: number): Promise<unknown> =>
      Promise.all([access(this.objects, mode), access(this.incoming, mode)]);
    await storing(() => all(constants.R_OK | constants.X_OK));
    return all(constants.W_OK).then(
      () => 'up',
      () => 'read_only',
    );
  }

  /**
   * Throws unless the folder that `open` made is still there. An unmounted disk looks like an empty folder: its objects
   * are neither missing nor deleted, and a file written now would be hidden once the disk is mounted again.
   */
  private async assertPresent(): Promise<void> {
    await storing(() => access(this.incoming));
  }

  private pathOf(key: string): string {
    assertObjectKey(key);
    return join(this.objects, key);
  }

  private folderOf(prefix: string): string {
    assertObjectPrefix(prefix);
    return join(this.objects, prefix.slice(0, -1));
  }

  private newPath(): string {
    return join(this.incoming, randomUUID());
  }

  /** As `bringFile`; null if there is no object. */
  private async bring(key: string, path: string): Promise<Brought | null> {
    const source = this.pathOf(key);
    try {
      return await bringFile(source, path);
    } catch (error) {
      // Either the object or the target folder is missing.
      if (errnoOf(error) === 'ENOENT' && !(await this.stat(key))) return null;
      throw storageFailure(error);
    }
  }

  /** Copies a file from another file system. */
  private async putFromElsewhere(target: string, path: string): Promise<void> {
    const arriving = this.newPath();
    const source = createReadStream(path, { highWaterMark: readBytes });
    await storing(() => writeNewFile(arriving, source, { mode: this.modes.file }));
    await this.publish(arriving, target);
    await storing(() => rm(path, { force: true }));
  }

  /** Makes a complete file visible, or removes it. */
  private async publish(arriving: string, target: string): Promise<void> {
    try {
      await placeFile(arriving, target, this.modes);
    } catch (error) {
      await rm(arriving, { force: true }).catch(() => undefined);
      throw storageFailure(error);
    }
  }
}
